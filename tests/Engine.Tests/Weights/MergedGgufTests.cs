using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>Base and adapter as one quantised GGUF file.</summary>
[Trait("Category", "Fixtures")]
public sealed class MergedGgufTests
{
    private static readonly int[] Ids = [1, 17, 200, 3, 99, 42, 7];

    [SkippableTheory]
    [InlineData("llama_variants/gqa_8_2_untied")]
    [InlineData("llama_variants/attention_bias")]
    [InlineData("llama_variants/mlp_bias_tied")]
    [InlineData("llama_variants/head_dim_32_tied")]
    [InlineData("llama_variants/bf16_weights")]
    [InlineData("llama_variants/rope_llama3_new_form")]
    [InlineData("gguf_models/stories260k.F32.gguf")]
    [InlineData("gguf_models/stories260k.Q8_0.gguf")]
    [InlineData("gguf_models/head_dim_32_tied.F32.gguf")]
    [InlineData("gguf_models/rope_linear_type_key.F32.gguf")]
    [InlineData("gguf_models/rope_llama3_small_context.F32.gguf")]
    public void Bases_of_every_kind_merge_to_a_file_that_computes_what_the_rounded_weights_do(string path)
    {
        var source = Fixtures.Path(path.Split('/'));
        Skip.If(Directory.Exists(source) && !HuggingFaceCheckpoint.IsPresent(source), $"{source} has no weights");
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(source);
        using var adapter = RandomAdapter.Create(checkpoint.Config);
        new MergedCheckpoint(checkpoint, adapter, new() { Type = ScalarType.Float32 }).Write(folder.File("plain"));
        using var plain = Checkpoint.Open(folder.File("plain"));
        using var before = LlamaModel.Load(plain, ScalarType.Float64, CPU);
        foreach (var type in MergedGguf.Types.Values)
        {
            new MergedGguf(checkpoint, adapter, type).Write(folder.File("m.gguf"));
            using var merged = Checkpoint.Open(folder.File("m.gguf"));
            Assert.Equal(checkpoint.EndTokens, merged.EndTokens);
            foreach (var name in plain.TensorNames)
                RequireRounded(plain.Read(name, ScalarType.Float32), merged.Read(name, ScalarType.Float32), merged.Stored(name).Type, name);
            using var after = LlamaModel.Load(merged, ScalarType.Float64, CPU);
            using var scope = NewDisposeScope();
            var expected = AdapterLogits.Of(before, null, Ids);
            var off = ((AdapterLogits.Of(after, null, Ids) - expected).norm() / expected.norm()).ToDouble();
            Assert.True(off < (type == GgmlType.Q8_0 ? 0.06 : 0.5), $"{type} is off by {off:g3} of the logits' length");
        }
    }

    [SkippableFact]
    public void What_the_adapter_leaves_alone_keeps_its_bits_and_the_file_all_it_says()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.SmolLm2Gguf);
        using var adapter = PeftAdapter.Load(Fixtures.Path("lora_peft", "smollm2_r2_qv"), ScalarType.Float32);
        var merging = new MergedGguf(checkpoint, adapter, GgmlType.Q4_1);
        var told = new List<(long Done, long Of)>();
        merging.Write(folder.File("m.gguf"), (done, of) => told.Add((done, of)));
        Assert.Equal((merging.ByteLength, merging.ByteLength), told[^1]);
        Assert.InRange(new FileInfo(folder.File("m.gguf")).Length - merging.ByteLength, 0, 4 << 20);

        using var before = new GgufFile(Fixtures.SmolLm2Gguf);
        using var after = new GgufFile(folder.File("m.gguf"));
        var kept = 0;
        foreach (var tensor in before.Tensors.Values)
        {
            var (old, merged) = (before.Stored(tensor), after.Stored(after.Tensors[tensor.Name]));
            Assert.Equal(old.Type, merged.Type);
            var same = Enumerable.Range(0, (int)old.Rows).All(row => old.Row(row).SequenceEqual(merged.Row(row)));
            Assert.Equal(!tensor.Name.Contains("attn_q", StringComparison.Ordinal) && !tensor.Name.Contains("attn_v", StringComparison.Ordinal), same);
            kept += same ? 1 : 0;
        }
        Assert.Equal(272 - 60, kept);
        var metadata = after.Metadata.ToDictionary(entry => entry.Key, entry => entry.Value.Bytes);
        foreach (var (key, value) in before.Metadata)
            Assert.Equal(value.Bytes, metadata[key]);
    }

    [SkippableTheory]
    [InlineData("stories260k_r8_all", "q8_0", 0.02)]
    [InlineData("stories260k_r8_all", "q4_1", 0.05)]
    [InlineData("stories260k_r8_all", "q4_0", 0.05)]
    public void It_loads_in_llama_cpp_which_computes_close_to_what_we_do(string name, string type, double tolerance)
    {
        foreach (var source in new[] { Fixtures.Path("gguf_models", "stories260k.F32.gguf"), Fixtures.Asset("stories260k") })
        {
            using var folder = new TemporaryFolder();
            using var checkpoint = Checkpoint.Open(source);
            using var adapter = PeftAdapter.Load(Fixtures.Path("lora_peft", name), ScalarType.Float32);
            new MergedGguf(checkpoint, adapter, MergedGguf.Types[type]).Write(folder.File("m.gguf"));
            var off = Distance(folder.File("m.gguf"), AdapterLogits.Ids("stories260k", "sentence"));
            Assert.True(off < tolerance, $"off by {off:g3} of the logits' length");
        }
    }

    [SkippableFact]
    public void The_embedded_model_merged_loads_in_llama_cpp_which_computes_close_to_what_we_do()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.SmolLm2Gguf);
        using var adapter = PeftAdapter.Load(Fixtures.Path("lora_peft", "smollm2_r2_qv"), ScalarType.Float32);
        new MergedGguf(checkpoint, adapter, GgmlType.Q8_0).Write(folder.File("m.gguf"));
        var ids = AdapterLogits.Ids("smollm2", "chat_capital");
        var off = Distance(folder.File("m.gguf"), ids);
        var before = Distance(Fixtures.SmolLm2Gguf, ids);
        Assert.True(off < 0.06 && off < before, $"off by {off:g3} of the logits' length, the base itself by {before:g3}");
    }

    [SkippableFact]
    public void A_merge_that_does_not_end_or_fit_leaves_nothing_and_one_that_repeats_has_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using var adapter = RandomAdapter.Create(checkpoint.Config);
        using var stop = new CancellationTokenSource();
        var merging = new MergedGguf(checkpoint, adapter, GgmlType.Q4_1);
        Assert.ThrowsAny<OperationCanceledException>(() => merging.Write(
            folder.File("m.gguf"),
            (done, of) =>
            {
                if (done > of / 2)
                    stop.Cancel();
            },
            stop.Token));
        using var strong = RandomAdapter.Create(checkpoint.Config, alpha: 1e9);
        var refusal = Assert.Throws<CheckpointException>(() => new MergedGguf(checkpoint, strong, GgmlType.Q8_0).Write(folder.File("m.gguf")));
        Assert.Contains("exceeds the range of Q8_0", refusal.What, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));

        Assert.Throws<ArgumentException>(() => new MergedGguf(checkpoint, adapter, GgmlType.Q6_K));
        using var other = Checkpoint.Open(Fixtures.Path("llama_variants", "sharded"));
        Assert.Throws<CheckpointException>(() => new MergedGguf(other, adapter, GgmlType.Q8_0));

        merging.Write(folder.File("a.gguf"));
        merging.Write(folder.File("b.gguf"));
        Assert.Equal(File.ReadAllBytes(folder.File("a.gguf")), File.ReadAllBytes(folder.File("b.gguf")));
    }

    /// <summary>llama.cpp rounds activations to 8 bits before it multiplies them with such weights, so the two are close, not equal.</summary>
    private static double Distance(string path, int[] ids)
    {
        using var scope = NewDisposeScope();
        using var merged = Checkpoint.Open(path);
        using var model = LlamaModel.Load(merged, ScalarType.Float32, CPU);
        using var llama = new LlamaCppLogits(path);
        var theirs = stack(llama.Of(null, ids).Select(row => tensor(row)));
        var ours = AdapterLogits.Of(model, null, ids);
        return ((theirs - ours).norm() / ours.norm()).ToDouble();
    }

    private static void RequireRounded(Tensor plain, Tensor merged, GgmlType type, string name)
    {
        using (plain)
        using (merged)
        using (var scope = NewDisposeScope())
        {
            var largest = plain.abs().max().ToDouble();
            var off = (plain - merged).abs().max().ToDouble();
            var step = type switch { GgmlType.Q8_0 => 1 / 127.0, GgmlType.Q4_0 => 1 / 8.0, GgmlType.Q4_1 => 2 / 15.0, _ => 0 };
            Assert.True(off <= largest * ((step * (type == GgmlType.Q4_0 ? 1 : 0.5)) + (step > 0 ? 2e-3 : 0)), $"{name} in {type}: off by {off:g3} of {largest:g3}");
        }
    }
}
