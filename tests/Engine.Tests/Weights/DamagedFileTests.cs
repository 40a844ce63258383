using System.Buffers.Binary;
using System.Text;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>A damaged file is answered with its name, the cause and a way out, and never with a crash or a huge allocation.</summary>
[Trait("Category", "Fixtures")]
public sealed class DamagedFileTests
{
    private const string SmallGguf = "rope_llama3_small_context.F32.gguf";
    private const long MostAllocatedBytes = 64 << 20;

    [SkippableTheory]
    [InlineData("type", 99, "has the GGML type 99")]
    [InlineData("offset", 32, "begins inside tensor")]
    [InlineData("offset", 8, "is not aligned")]
    [InlineData("offset", 1UL << 60, "the file ends before tensor")]
    [InlineData("size", 1UL << 62, "the file ends before tensor")]
    [InlineData("size", 0, "a dimension of 0")]
    [InlineData("size", 63, "where the configuration calls for")]
    [InlineData("dimensions", 9, "9 dimensions")]
    public void A_GGUF_tensor_described_wrongly_is_refused_with_the_reason(string field, ulong value, string reason)
    {
        // name, u32 dimensions, u64 sizes (two), u32 type, u64 offset
        var bytes = File.ReadAllBytes(Fixtures.Path("gguf_models", SmallGguf));
        var name = "blk.1.attn_k.weight"u8;
        var at = bytes.AsSpan().IndexOf(name) + name.Length;
        if (field is "type" or "dimensions")
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + (field == "type" ? 20 : 0)), (uint)value);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at + (field == "size" ? 4 : 24)), value);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("m.gguf"), bytes);
        var refusal = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path));
        Assert.Contains(reason, refusal.What, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("blk.1.attn_k.weight", "blk.1.attn_v.weight", "tensor 'blk.1.attn_v.weight' appears twice")]
    [InlineData("blk.1.attn_k.weight", "blk.1.attn_x.weight", "'model.layers.1.self_attn.k_proj.weight' is missing")]
    [InlineData("llama.block_count", "llama.block_xount", "metadata 'llama.block_count' is missing")]
    [InlineData("general.name", "general.type", "metadata 'general.type' appears twice")]
    public void Names_twice_or_missing_in_a_GGUF_are_named(string name, string instead, string reason)
    {
        var bytes = File.ReadAllBytes(Fixtures.Path("gguf_models", SmallGguf));
        Encoding.UTF8.GetBytes(instead).CopyTo(bytes, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)));
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("m.gguf"), bytes);
        var refusal = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path));
        Assert.Contains(reason, refusal.What, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_name_that_JSON_has_twice_is_refused()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Asset("stories260k"));
        var config = File.ReadAllText(folder.File("config.json"));
        var twice = config.Replace("\"model_type\"", "\"hidden_size\": 32, \"model_type\"", StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), twice);
        var refusal = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path));
        Assert.EndsWith("config.json", refusal.File, StringComparison.Ordinal);
        Assert.Contains("hidden_size", refusal.What, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_model_behind_links_as_in_the_hub_cache_opens()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "config.json", "model.safetensors" })
            File.CreateSymbolicLink(folder.File(name), Fixtures.Asset("stories260k", name));
        ReadAll(folder.Path);
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
