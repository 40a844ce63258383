using System.Text.Json;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

[Trait("Category", "Fixtures")]
public sealed class MergedCheckpointTests
{
    [SkippableTheory]
    [InlineData("stories260k_r8_all")]
    [InlineData("stories260k_rslora")]
    [InlineData("stories260k_alpha3_regex")]
    [InlineData("stories260k_rank_pattern")]
    public void A_merged_model_computes_what_pefts_merge_computes(string name)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using var adapter = PeftAdapter.Load(Fixtures.Path("lora_peft", name), ScalarType.Float32);
        foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-9), (ScalarType.Float32, 5e-5) })
        {
            new MergedCheckpoint(checkpoint, adapter, new() { Type = type }).Write(folder.File(type.ToString()));
            using var merged = Checkpoint.Open(folder.File(type.ToString()));
            using var model = LlamaModel.Load(merged, ScalarType.Float64, CPU);
            foreach (var item in Fixtures.Json("lora_peft", name, "expected.json").GetProperty("cases").EnumerateArray())
            {
                var test = item.GetProperty("name").GetString()!;
                AdapterLogits.Check(
                    model, null, AdapterLogits.Ids("stories260k", test), item.GetProperty("merged"), tolerance, $"{type} {test}");
            }
        }
    }

    [SkippableTheory]
    [InlineData("llama_variants/gqa_8_2_untied", 1e-5)]
    [InlineData("llama_variants/attention_bias", 1e-5)]
    [InlineData("llama_variants/mlp_bias_tied", 1e-5)]
    [InlineData("llama_variants/head_dim_32_tied", 1e-5)]
    [InlineData("llama_variants/rope_llama3_new_form", 1e-5)]
    [InlineData("llama_variants/sharded", 1e-5)]
    [InlineData("gguf_models/stories260k.F32.gguf", 1e-4)]
    [InlineData("gguf_models/stories260k.Q8_0.gguf", 1e-4)]
    [InlineData("gguf_models/head_dim_32_tied.F32.gguf", 1e-5)]
    [InlineData("gguf_models/rope_linear_type_key.F32.gguf", 1e-5)]
    [InlineData("gguf_models/rope_llama3_small_context.F32.gguf", 3e-5)]
    public void Bases_of_every_kind_merge_to_a_folder_that_computes_what_base_and_adapter_do(string path, double tolerance)
    {
        var source = Fixtures.Path(path.Split('/'));
        Skip.If(Directory.Exists(source) && !HuggingFaceCheckpoint.IsPresent(source), $"{source} has no weights");
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(source);
        using var adapter = RandomAdapter.Create(checkpoint.Config);
        new MergedCheckpoint(checkpoint, adapter).Write(folder.File("m"));
        using var merged = Checkpoint.Open(folder.File("m"));
        using var before = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU);
        using var after = LlamaModel.Load(merged, ScalarType.Float64, CPU);
        using var scope = NewDisposeScope();
        int[] ids = [1, 17, 200, 3, 99, 42, 7];
        var alone = AdapterLogits.Of(before, null, ids);
        var expected = AdapterLogits.Of(before, adapter, ids);
        var actual = AdapterLogits.Of(after, null, ids);
        Assert.True((alone - expected).abs().max().item<double>() > 1e-3);
        var off = (actual - expected).abs().max().item<double>();
        Assert.True(off < tolerance, $"off by {off:g3}");
        Assert.Equal(checkpoint.EndTokens, merged.EndTokens);
    }

    [SkippableTheory]
    [InlineData("bf16_weights", ScalarType.BFloat16)]
    [InlineData("f16_weights_tied", ScalarType.Float16)]
    public void Tensors_keep_their_type_and_those_that_the_adapter_leaves_alone_their_bits(string variant, ScalarType type)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.Path("llama_variants", variant));
        using var adapter = RandomAdapter.Create(checkpoint.Config);
        new MergedCheckpoint(checkpoint, adapter).Write(folder.File("m"));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(checkpoint.Path, "config.json")), File.ReadAllBytes(Path.Combine(folder.File("m"), "config.json")));
        var before = Safetensors.Read(Path.Combine(checkpoint.Path, "model.safetensors"));
        var after = Safetensors.Read(Path.Combine(folder.File("m"), "model.safetensors"));
        foreach (var (name, tensor) in after)
        {
            using var scope = NewDisposeScope();
            Assert.Equal(type, tensor.dtype);
            var pair = adapter.Modules.GetValueOrDefault(name.Replace(".weight", "", StringComparison.Ordinal));
            var expected = pair is null
                ? before[name]
                : (before[name].to(ScalarType.Float64) + (pair.B.to(ScalarType.Float64).matmul(pair.A.to(ScalarType.Float64)) * pair.Settings.Scale)).to(type);
            Assert.True(expected.bytes.SequenceEqual(tensor.bytes), name);
        }
        foreach (var tensor in before.Values.Concat(after.Values))
            tensor.Dispose();
    }

    [SkippableFact]
    public void Another_type_is_written_where_it_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using var adapter = RandomAdapter.Create(checkpoint.Config);
        new MergedCheckpoint(checkpoint, adapter, new() { Type = ScalarType.BFloat16 }).Write(folder.File("m"));
        using var file = new SafetensorsFile(Path.Combine(folder.File("m"), "model.safetensors"));
        Assert.All(file.Entries.Values, entry => Assert.Equal(ScalarType.BFloat16, entry.Type));
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.File("m"), "config.json")));
        Assert.Contains(config.RootElement.EnumerateObject(), entry => entry.Name is "dtype" or "torch_dtype" && entry.Value.GetString() == "bfloat16");
    }

    [SkippableFact]
    public void A_model_larger_than_a_file_may_be_is_cut_into_shards()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using var adapter = RandomAdapter.Create(checkpoint.Config);
        new MergedCheckpoint(checkpoint, adapter).Write(folder.File("whole"));
        var told = new List<(long Done, long Of)>();
        new MergedCheckpoint(checkpoint, adapter, new() { ShardBytes = 300_000 }).Write(folder.File("cut"), (done, of) => told.Add((done, of)));

        var shards = Directory.GetFiles(folder.File("cut"), "*.safetensors").Order(StringComparer.Ordinal).ToList();
        Assert.True(shards.Count > 2);
        Assert.EndsWith($"model-00001-of-{shards.Count:D5}.safetensors", shards[0], StringComparison.Ordinal);
        Assert.All(shards, shard => Assert.True(new FileInfo(shard).Length < 320_000));
        Assert.Equal(told.Select(step => step.Done).Order(), told.Select(step => step.Done));
        Assert.Equal(told[^1].Of, told[^1].Done);
        using var whole = Checkpoint.Open(folder.File("whole"));
        using var cut = Checkpoint.Open(folder.File("cut"));
        foreach (var name in whole.TensorNames)
        {
            using var expected = whole.Read(name, ScalarType.Float32);
            using var actual = cut.Read(name, ScalarType.Float32);
            Assert.True(expected.bytes.SequenceEqual(actual.bytes), name);
        }
    }

    [SkippableFact]
    public void The_embedded_model_merges_with_its_tokenizer_template_and_licence()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.SmolLm2);
        using var adapter = PeftAdapter.Load(Fixtures.Path("lora_peft", "smollm2_r2_qv"), ScalarType.Float32);
        new MergedCheckpoint(checkpoint, adapter).Write(folder.File("m"));
        using var merged = Checkpoint.Open(folder.File("m"));
        Assert.Equal(checkpoint.Config, merged.Config);
        Assert.Equal(checkpoint.ChatTemplate?.Trim(), merged.ChatTemplate?.Trim());
        Assert.Equal(checkpoint.EndTokens, merged.EndTokens);
        foreach (var name in new[] { "tokenizer.json", "tokenizer_config.json", "LICENSE" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(Fixtures.SmolLm2, name)), File.ReadAllBytes(Path.Combine(folder.File("m"), name)));

        using var model = LlamaModel.Load(merged, ScalarType.Float32, CPU);
        foreach (var item in Fixtures.Json("lora_peft", "smollm2_r2_qv", "expected.json").GetProperty("cases").EnumerateArray())
        {
            var test = item.GetProperty("name").GetString()!;
            AdapterLogits.Check(model, null, AdapterLogits.Ids("smollm2", test), item.GetProperty("merged"), 5e-4, test);
        }
    }

    [SkippableFact]
    public void A_merge_that_does_not_end_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using var adapter = RandomAdapter.Create(checkpoint.Config);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new MergedCheckpoint(checkpoint, adapter).Write(
            folder.File("m"),
            (done, of) =>
            {
                if (done > of / 2)
                    stop.Cancel();
            },
            stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));

        using var strong = RandomAdapter.Create(checkpoint.Config, alpha: 1e9);
        var refusal = Assert.Throws<CheckpointException>(
            () => new MergedCheckpoint(checkpoint, strong, new() { Type = ScalarType.Float16 }).Write(folder.File("m")));
        Assert.Contains("exceeds the range of Float16", refusal.What, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [SkippableFact]
    public void A_folder_that_holds_something_is_left_as_it_is_and_an_empty_one_filled()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using var adapter = RandomAdapter.Create(checkpoint.Config);
        Directory.CreateDirectory(folder.File("m"));
        new MergedCheckpoint(checkpoint, adapter).Write(folder.File("m"));
        var before = File.ReadAllBytes(Path.Combine(folder.File("m"), "model.safetensors"));
        var refusal = Assert.Throws<CheckpointException>(() => new MergedCheckpoint(checkpoint, adapter).Write(folder.File("m")));
        Assert.Contains("there already", refusal.What, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder.File("m"), "model.safetensors")));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [SkippableFact]
    public void An_adapter_of_another_base_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.Path("llama_variants", "sharded"));
        using var adapter = PeftAdapter.Load(Fixtures.Path("lora_peft", "stories260k_r8_all"), ScalarType.Float32);
        var refusal = Assert.Throws<CheckpointException>(() => new MergedCheckpoint(checkpoint, adapter).Write(folder.File("m")));
        Assert.Contains("made for another model", refusal.What, StringComparison.Ordinal);
    }
}
