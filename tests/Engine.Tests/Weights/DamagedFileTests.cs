using System.Buffers.Binary;
using CsCheck;
using Unlearning.Engine.Text;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>A damaged file is answered with its name, the cause and a way out, and never with a crash or a huge allocation.</summary>
[Trait("Category", "Fixtures")]
public sealed class DamagedFileTests
{
    private const string SmallGguf = "rope_llama3_small_context.F32.gguf";
    private const long MostAllocatedBytes = 64 << 20;

    private static readonly ulong[] Extremes = [0, 1, 1UL << 31, uint.MaxValue, 1UL << 40, ulong.MaxValue >> 1, ulong.MaxValue];

    [SkippableFact]
    public void A_damaged_GGUF_is_refused_or_read_but_never_crashes() =>
        CheckDamage(Fixtures.Path("gguf_models", SmallGguf), 2000, "model.gguf", folder => ReadAll(folder.File("model.gguf")));

    [SkippableFact]
    public void A_damaged_GGUF_with_quantised_tensors_and_a_vocabulary_never_crashes() =>
        CheckDamage(
            Fixtures.Path("gguf_models", "stories260k.Q8_0.gguf"), 20000, "model.gguf", folder => ReadAll(folder.File("model.gguf")));

    [SkippableFact]
    public void A_damaged_safetensors_file_is_refused_or_read_but_never_crashes() =>
        CheckDamage(Fixtures.Asset("stories260k", "model.safetensors"), 5000, "model.safetensors", folder => ReadAll(folder.Path));

    [SkippableFact]
    public void A_damaged_config_is_refused_or_read_but_never_crashes() =>
        CheckDamage(Fixtures.Path("llama_variants", "sharded", "config.json"), int.MaxValue, "config.json", folder => ReadAll(folder.Path));

    [SkippableFact]
    public void A_damaged_shard_index_is_refused_or_read_but_never_crashes()
    {
        const string Index = "model.safetensors.index.json";
        CheckDamage(Fixtures.Path("llama_variants", "sharded", Index), int.MaxValue, Index, folder => ReadAll(folder.Path));
    }

    [SkippableFact]
    public void A_damaged_adapter_is_refused_or_read_but_never_crashes()
    {
        var source = Fixtures.Path("lora_peft", "stories260k_alpha3_regex");
        foreach (var name in new[] { "adapter_config.json", "adapter_model.safetensors" })
        {
            CheckDamage(Path.Combine(source, name), 4000, name, folder => PeftAdapter.Load(folder.Path, ScalarType.Float32).Dispose());
        }
    }

    [Fact]
    public void A_damaged_tokenizer_is_refused_or_read_but_never_crashes()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), SmallTokenizer);
        CheckDamage(
            folder.File("tokenizer.json"), int.MaxValue, "tokenizer.json",
            damaged => Tokenizer.FromFile(damaged.File("tokenizer.json")).Encode("aab <|x|> ab", recognizeSpecialTokens: true));
    }

    [SkippableFact]
    public void A_file_that_ends_early_says_so()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Fixtures.Path("gguf_models", SmallGguf));
        foreach (var length in new[] { 1, 4, 10, 100, 1500, bytes.Length - 1 })
        {
            File.WriteAllBytes(folder.File("m.gguf"), bytes[..length]);
            var refusal = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path));
            Assert.Equal(folder.File("m.gguf"), refusal.File);
            Assert.Equal($"{refusal.File}: {refusal.What}. {refusal.Fix}", refusal.Message);
            if (length >= 100)
                Assert.Contains("the file ends", refusal.What, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Counts_beyond_the_file_are_refused_before_anything_is_allocated()
    {
        using var folder = new TemporaryFolder();
        var gguf = File.ReadAllBytes(Fixtures.Path("gguf_models", SmallGguf));
        foreach (var offset in new[] { 8, 16, 24 }) // tensors, metadata entries, length of the first key
        {
            var absurd = gguf.ToArray();
            BinaryPrimitives.WriteUInt64LittleEndian(absurd.AsSpan(offset), ulong.MaxValue / 2);
            File.WriteAllBytes(folder.File("m.gguf"), absurd);
            RequireRefusal(() => Checkpoint.Open(folder.File("m.gguf")));
        }
        File.WriteAllBytes(folder.File("m.safetensors"), [255, 255, 255, 255, 255, 255, 255, 127, (byte)'{', (byte)'}']);
        RequireRefusal(() => Safetensors.Read(folder.File("m.safetensors")));
        File.WriteAllBytes(folder.File("empty"), []);
        RequireRefusal(() => Safetensors.Read(folder.File("empty")));
        RequireRefusal(() => Safetensors.Read(folder.File("absent")));
        RequireRefusal(() => Checkpoint.Open(folder.File("absent")));
    }

    [SkippableFact]
    public void A_missing_a_misshapen_a_foreign_and_a_non_finite_tensor_are_named()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Asset("stories260k"));
        using var scope = NewDisposeScope();
        var tensors = Safetensors.Read(folder.File("model.safetensors"));
        const string Name = "model.layers.3.mlp.up_proj.weight";
        var original = tensors[Name];

        tensors.Remove(Name);
        Assert.Contains($"'{Name}' is missing", Refusal(), StringComparison.Ordinal);
        tensors[Name] = original.t();
        Assert.Contains($"'{Name}' is [64, 172] where the configuration calls for [172, 64]", Refusal(), StringComparison.Ordinal);
        foreach (var bad in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            tensors[Name] = original.clone();
            tensors[Name][5, 5] = bad;
            Assert.Contains($"'{Name}' holds a NaN or an infinity", Refusal(), StringComparison.Ordinal);
        }
        tensors[Name] = original.to(ScalarType.Int32);
        Assert.Contains(Name, Refusal(), StringComparison.Ordinal);
        tensors[Name] = original;
        tensors["model.layers.0.self_attn.q_norm.weight"] = ones(8);
        Assert.Contains("q_norm", Refusal(), StringComparison.Ordinal);

        string Refusal()
        {
            Safetensors.Write(folder.File("model.safetensors"), tensors);
            return Assert.Throws<CheckpointException>(() => ReadAll(folder.Path)).What;
        }
    }

    [Fact]
    public void A_folder_without_a_model_or_with_two_of_them_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no model", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).What, StringComparison.Ordinal);
        File.WriteAllText(folder.File("a.gguf"), "");
        File.WriteAllText(folder.File("b.gguf"), "");
        Assert.Contains("2 .gguf", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type": "mistral"}""", "mistral")]
    [InlineData("""{"model_type": "llama", "hidden_act": "gelu"}""", "gelu")]
    [InlineData("""{"model_type": "llama", "hidden_size": "64"}""", "'hidden_size' is not an integer")]
    [InlineData("""{"model_type": "llama"}""", "'hidden_size' is missing")]
    public void A_config_this_engine_cannot_run_is_refused_with_the_reason(string json, string reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("config.json"), json);
        var refusal = Assert.Throws<CheckpointException>(() => HuggingFaceConfig.Read(folder.File("config.json")));
        Assert.Contains(reason, refusal.What, StringComparison.Ordinal);
    }

    private const string SmallTokenizer = """
        {"added_tokens": [{"id": 4, "content": "<|x|>", "special": true}, {"id": 5, "content": "<y>", "special": false}],
         "normalizer": null,
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": false}]},
         "decoder": {"type": "ByteLevel"},
         "model": {"type": "BPE", "ignore_merges": true,
            "vocab": {"a": 0, "b": 1, "aa": 2, "Ġ": 3, "aab": 6}, "merges": ["a a", ["aa", "b"]]}}
        """;

    /// <summary>
    /// Copies a file as <paramref name="name"/> (with what lies beside it, if it has that name), overwrites bytes near the front, puts
    /// extreme numbers there, or cuts the file, and then opens it.
    /// </summary>
    private static void CheckDamage(string file, int headerBytes, string name, Action<TemporaryFolder> open)
    {
        using var folder = new TemporaryFolder();
        if (Path.GetFileName(file) == name)
            folder.With(Path.GetDirectoryName(file)!);
        var original = File.ReadAllBytes(file);
        File.WriteAllBytes(folder.File(name), original);
        open(folder); // undamaged, it opens

        var position = Gen.Int[0, Math.Min(headerBytes, original.Length) - 9];
        var overwrite = Gen.Select(position, Gen.Byte, (at, value) => (Action<byte[]>)(bytes => bytes[at] = value));
        var extreme = Gen.Select(position, Gen.Int[0, Extremes.Length - 1], (at, which) =>
            (Action<byte[]>)(bytes => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), Extremes[which])));
        var damages = Gen.Frequency((3, overwrite), (1, extreme)).Array[1, 4];
        var lengths = Gen.Frequency((9, Gen.Const(original.Length)), (1, Gen.Int[0, original.Length]));
        Gen.Select(damages, lengths).Sample(
            (changes, length) =>
            {
                var bytes = original.ToArray();
                foreach (var change in changes)
                    change(bytes);
                File.WriteAllBytes(folder.File(name), bytes[..length]);
                RequireRefusalOrSuccess(() => open(folder));
            },
            iter: 300, threads: 1);
    }

    private static void RequireRefusal(Func<object> open) => RequireRefusalOrSuccess(() => Assert.Throws<CheckpointException>(open));

    private static void RequireRefusalOrSuccess(Action open)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            open();
        }
        catch (CheckpointException)
        {
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostAllocatedBytes, "opening allocated too much");
    }

    private static void ReadAll(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        foreach (var name in checkpoint.TensorNames)
            checkpoint.Read(name, ScalarType.Float32).Dispose();
    }
}
