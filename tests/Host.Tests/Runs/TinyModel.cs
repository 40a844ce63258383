using System.Text.Json;
using Unlearning.Engine;
using Unlearning.Engine.Inference;
using Unlearning.Host.Tests.Evaluation;

namespace Unlearning.Host.Tests.Runs;

/// <summary>The stories260k model with a tokenizer of single bytes, so that it can be asked and trained within a second or two.</summary>
internal static class TinyModel
{
    public static Task<LlamaEngine> LoadAsync(string folder)
    {
        Write(folder);
        return LlamaEngine.LoadAsync(new EngineOptions { Model = folder, ChatTemplate = "chatml", Threads = 1 });
    }

    /// <summary>Puts the model's files into a folder.</summary>
    public static void Write(string folder)
    {
        string source = Path.Combine(Repository.Root, "tests", "Engine.Tests", "Assets", "stories260k");
        foreach (string file in (string[])["config.json", "model.safetensors"])
            File.Copy(Path.Combine(source, file), Path.Combine(folder, file));
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), JsonSerializer.Serialize(new
        {
            added_tokens = new[] { Control(1, "<|im_start|>"), Control(2, "<|im_end|>") },
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, use_regex = true },
            decoder = new { type = "ByteLevel" },
            model = new
            {
                type = "BPE",
                vocab = Enumerable.Range(0, 512).Except([1, 2]).ToDictionary(Word),
                merges = Array.Empty<string>(),
            },
        }));

        static object Control(int id, string content) => new { id, content, special = true, normalized = false, lstrip = false, rstrip = false, single_word = false };
    }

    /// <summary>
    /// Printable ASCII takes ids that the model was trained on (its own bytes, from 3 on, have all the same embedding), other bytes those
    /// bytes; the rest of the 512 are words that no text is cut into.
    /// </summary>
    private static string Word(int id)
    {
        const int FirstByte = 3, FirstPiece = 259, Printable = '~' - ' ' + 1;
        int value = id is >= FirstPiece and < FirstPiece + Printable ? ' ' + id - FirstPiece : id - FirstByte;
        bool isByte = id >= FirstPiece ? id < FirstPiece + Printable : value is >= 0 and (< ' ' or > '~') and < 256;
        return isByte ? Spelling((byte)value).ToString() : $"{(char)('a' + (id / 26))}{(char)('a' + (id % 26))}";
    }

    /// <summary>How byte-level vocabularies spell a byte: what cannot be seen is moved behind the first 256 characters.</summary>
    private static char Spelling(byte value)
    {
        static bool Seen(int c) => c is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
        return Seen(value) ? (char)value : (char)(256 + Enumerable.Range(0, value).Count(c => !Seen(c)));
    }
}
