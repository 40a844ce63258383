using System.CommandLine;
using System.Globalization;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Host.Cli.Adapters;

/// <summary>The verb <c>adapter merge</c>.</summary>
internal static class AdapterMergeCommand
{
    private const int ProgressStep = 10;

    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["float32"] = ScalarType.Float32,
        ["bfloat16"] = ScalarType.BFloat16,
        ["float16"] = ScalarType.Float16,
    };

    public static Command Create(IReadOnlyDictionary<string, string?>? overrides)
    {
        Argument<string> source = AdapterCommand.Source();
        Option<string> target = new("--to")
        {
            Description = "The folder to make, which must not be there yet, or be empty; with a quantised type the .gguf file, which must not be there.",
            Required = true,
        };
        Option<string?> type = new("--type")
        {
            Description =
                "float32, bfloat16 or float16; or q8_0, q4_1 or q4_0 for a GGUF file. When left out, each tensor keeps the base's; of a quantised base all become float32.",
        };
        type.AcceptOnlyFromAmong([.. Types.Keys, .. MergedGguf.Types.Keys]);
        Option<string?> baseModel = AdapterCommand.Base();
        Command command = new(
            "merge",
            """
            Writes base and adapter as one model, W + scale B A: a Hugging Face folder of safetensors, to be served or converted where
            adapters are not. Tokenizer, chat template and licence are taken over from the base's folder.

            With a quantised type it is one GGUF file for llama.cpp and what is built on it. Its linear modules are rounded, embeddings and head
            stay in the base's format. A GGUF base's vocabulary comes along. Of a Hugging Face folder it does not: llama.cpp then takes token ids
            only, so for chat merge to a folder and let llama.cpp convert and quantise that.

            The base is read a few rows at a time, so it may be larger than memory. Files of a folder hold 5 GB at most.

            Examples:
              adapter merge demo-output --to merged
              adapter merge a6a701808e87d093 --to merged --type bfloat16
              adapter merge demo-output --to safer-model.gguf --type q8_0
              adapter merge safer.gguf --to merged --base /models/Meta-Llama-3-8B-Instruct

            Exit codes: 0 written, 1 error.
            """)
        {
            source, target, type, baseModel,
        };
        return AdapterCommand.Of(command, (parsed, cancellationToken) =>
        {
            string to = parsed.GetRequiredValue(target);
            TextWriter console = parsed.InvocationConfiguration.Output;
            AdapterSource from = AdapterSource.Find(parsed.GetRequiredValue(source), parsed.GetValue(baseModel), overrides);
            using ICheckpoint checkpoint = Checkpoint.Open(from.BasePath);
            from.RequireBase(checkpoint);
            using LoraAdapter adapter = AdapterFile.Load(from.Path, checkpoint.Config, ScalarType.Float32);
            long told = 0;
            bool isGguf = parsed.GetValue(type) is { } chosen && MergedGguf.Types.ContainsKey(chosen);
            if (isGguf)
                WriteGguf(to, new MergedGguf(checkpoint, adapter, MergedGguf.Types[parsed.GetValue(type)!]), Tell, cancellationToken);
            else
                new MergedCheckpoint(checkpoint, adapter, new() { Type = parsed.GetValue(type) is { } name ? Types[name] : null }).Write(to, Tell, cancellationToken);
            console.WriteLine($"{to}: {from.BaseName} with {from.Name}, {checkpoint.TensorNames.Count} tensors");
            if (isGguf && checkpoint.ReadVocabulary() is null)
            {
                console.WriteLine("The base's file has no vocabulary, so this one has none: put the model's tokenizer.json beside it before serving it here.");
            }
            else if (!isGguf && !File.Exists(Path.Combine(to, "tokenizer.json")))
            {
                console.WriteLine(
                    "The base has no tokenizer.json beside it, so the folder has none: put that of the original model there before serving it.");
            }

            return 0;

            void Tell(long done, long of)
            {
                long percent = 100 * done / of / ProgressStep * ProgressStep;
                if (percent == told)
                    return;
                told = percent;
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{percent,3} % of {of / 1e6:0} MB"));
            }
        });
    }

    private static void WriteGguf(string to, MergedGguf merged, Action<long, long> tell, CancellationToken cancellationToken)
    {
        if (Path.Exists(to))
            throw new CheckpointException(to, "it is there already", "Name a new file, or delete this one first.");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
        merged.Write(to, tell, cancellationToken);
    }
}
