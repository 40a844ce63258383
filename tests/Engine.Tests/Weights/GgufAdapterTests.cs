using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

[Trait("Category", "Fixtures")]
public sealed class GgufAdapterTests
{
    /// <summary>Adapters that llama.cpp's converter has converted too.</summary>
    public static TheoryData<string> Converted =>
        new("stories260k_r8_all", "stories260k_rslora", "stories260k_alpha3_regex", "stories260k_rank_pattern", "smollm2_r2_qv");

    [SkippableTheory]
    [MemberData(nameof(Converted))]
    public void A_converted_adapter_has_the_matrices_of_the_PEFT_adapter_it_was_made_from(string name)
    {
        using var peft = PeftAdapter.Load(Fixtures.Path("lora_peft", name), ScalarType.Float32);
        using var gguf = GgufAdapter.Load(Fixtures.Path("lora_peft", name, "adapter.gguf"), ConfigOf(name), ScalarType.Float32);
        var alpha = Fixtures.Json("lora_peft", name, "gguf_map.json").GetProperty("metadata").GetProperty("adapter.lora.alpha").GetDouble();
        Assert.Equal(peft.Modules.Keys.Order(), gguf.Modules.Keys.Order());
        foreach (var (module, (a, b, settings)) in peft.Modules)
        {
            var actual = gguf.Modules[module];
            Assert.True(a.bytes.SequenceEqual(actual.A.bytes) && b.bytes.SequenceEqual(actual.B.bytes), module);
            Assert.Equal(new LoraSettings(settings.Rank, alpha), actual.Settings);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Converted))]
    public void What_we_write_is_what_the_converter_writes_save_for_the_strength_that_it_loses(string name)
    {
        using var folder = new TemporaryFolder();
        using var peft = PeftAdapter.Load(Fixtures.Path("lora_peft", name), ScalarType.Float32);
        GgufAdapter.Save(folder.File("ours.gguf"), peft, ConfigOf(name), name);
        using var ours = new GgufFile(folder.File("ours.gguf"));
        using var theirs = new GgufFile(Fixtures.Path("lora_peft", name, "adapter.gguf"));
        foreach (var key in new[] { "general.architecture", "general.type", "adapter.type" })
            Assert.Equal(theirs.Text(key), ours.Text(key));
        Assert.Equal(theirs.Integer("general.quantization_version"), ours.Integer("general.quantization_version"));

        // alpha * sqrt(4): peft's alpha / sqrt(rank) in the place of alpha / rank.
        var isRslora = name.EndsWith("rslora", StringComparison.Ordinal);
        Assert.Equal(theirs.Number("adapter.lora.alpha") * (isRslora ? 2 : 1), ours.Number("adapter.lora.alpha"));
        Assert.Equal(theirs.Tensors.Keys.Order(), ours.Tensors.Keys.Order());
        foreach (var (tensor, theirTensor) in theirs.Tensors)
        {
            using var expected = theirs.Stored(theirTensor).Read(ScalarType.Float32);
            using var actual = ours.Stored(ours.Tensors[tensor]).Read(ScalarType.Float32);
            var isFolded = name.EndsWith("rank_pattern", StringComparison.Ordinal) && tensor.EndsWith("attn_v.weight.lora_b", StringComparison.Ordinal);
            using var scaled = isFolded ? expected.to(ScalarType.Float64).mul(5.0 / 8).to(ScalarType.Float32) : expected.alias();
            Assert.Equal(expected.shape, actual.shape);
            Assert.True(scaled.bytes.SequenceEqual(actual.bytes), tensor);
        }
    }

    [SkippableFact]
    public void The_same_adapter_gives_the_same_bytes_and_a_second_pass_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var config = ConfigOf("stories260k_rank_pattern");
        using var peft = PeftAdapter.Load(Fixtures.Path("lora_peft", "stories260k_rank_pattern"), ScalarType.Float32);
        using var reversed = PeftAdapter.Load(Fixtures.Path("lora_peft", "stories260k_rank_pattern"), ScalarType.Float32);
        GgufAdapter.Save(folder.File("1"), peft, config, "it");
        GgufAdapter.Save(folder.File("2"), new LoraAdapter(reversed.Modules.Reverse().ToDictionary()), config, "it");
        using var loaded = GgufAdapter.Load(folder.File("1"), config, ScalarType.Float32);
        GgufAdapter.Save(folder.File("3"), loaded, config, "it");
        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("2")));
        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("3")));
    }

    [SkippableFact]
    public void Alphas_that_differ_are_folded_into_B_and_an_alpha_of_zero_stays_without_effect()
    {
        using var folder = new TemporaryFolder();
        var config = ConfigOf("stories260k");
        using var adapter = new LoraAdapter(new Dictionary<string, LoraPair>
        {
            ["model.layers.0.self_attn.q_proj"] = new(randn(2, 64), randn(64, 2), new(2, 4)),
            ["model.layers.1.self_attn.k_proj"] = new(randn(3, 64), randn(32, 3), new(3, 1)),
            ["model.layers.2.mlp.down_proj"] = new(randn(1, 172), randn(64, 1), new(1, 0)),
            ["model.layers.3.mlp.up_proj"] = new(randn(4, 64), randn(172, 4), new(4, 4)),
        });
        GgufAdapter.Save(folder.File("a"), adapter, config, "it");
        using var loaded = GgufAdapter.Load(folder.File("a"), config, ScalarType.Float32);
        foreach (var (module, expected) in adapter.Modules)
        {
            using var scope = NewDisposeScope();
            var actual = loaded.Modules[module];
            Assert.Equal(new LoraSettings(expected.Settings.Rank, 4), actual.Settings);
            Assert.True(expected.A.bytes.SequenceEqual(actual.A.bytes));
            var folded = expected.B * (float)(expected.Settings.Alpha / 4);
            Assert.True(folded.bytes.SequenceEqual(actual.B.bytes), module);
        }
    }

    [SkippableFact]
    public void Without_an_alpha_the_strength_is_one()
    {
        using var folder = new TemporaryFolder();
        var config = ConfigOf("stories260k");
        Write(folder.File("a"), [("blk.4.attn_v.weight.lora_a", ones(3, 64)), ("blk.4.attn_v.weight.lora_b", ones(32, 3))], alpha: null);
        using var loaded = GgufAdapter.Load(folder.File("a"), config, ScalarType.Float32);
        Assert.Equal(1, loaded.Modules["model.layers.4.self_attn.v_proj"].Settings.Scale);
    }

    [SkippableFact]
    public void An_A_of_rank_one_may_have_lost_its_dimension_of_one()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("a"), [("blk.0.ffn_up.weight.lora_a", ones(64)), ("blk.0.ffn_up.weight.lora_b", ones(172, 1))]);
        using var loaded = GgufAdapter.Load(folder.File("a"), ConfigOf("stories260k"), ScalarType.Float32);
        Assert.Equal([1, 64], loaded.Modules["model.layers.0.mlp.up_proj"].A.shape);
    }

    [SkippableFact]
    public void What_is_no_adapter_of_the_base_is_refused_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.gguf");
        Tensor a = ones(2, 64), b = ones(32, 2), broken = full(32, 2, float.NaN);
        const string Value = "blk.0.attn_v.weight";
        Refuse([(Value + ".lora_a", a), (Value + ".lora_b", b)], "it is no adapter ('general.type' is 'model')", type: "model");
        Refuse([(Value + ".lora_a", a), (Value + ".lora_b", b)], "'adapter.type' is 'control_vector'", kind: "control_vector");
        Refuse([(Value + ".lora_a", a), (Value + ".lora_b", b)], "'general.architecture' is 'qwen2'", architecture: "qwen2");
        Refuse([(Value + ".lora_a", a)], "'blk.0.attn_v.weight.lora_b' is missing");
        Refuse([(Value + ".lora_b", b)], "'blk.0.attn_v.weight.lora_a' is missing");
        Refuse([(Value + ".lora_a", a), (Value + ".lora_b", broken)], "'blk.0.attn_v.weight.lora_b' holds a NaN");
        Refuse([(Value + ".lora_a", a), (Value + ".lora_b", ones(64, 2))], "[2, 64] and [64, 2], the base's matrix [32, 64]");
        Refuse([(Value + ".lora_a", a), (Value + ".lora_b", ones(32, 3))], "[2, 64] and [32, 3]");
        Refuse([("token_embd.weight.lora_a", a), ("token_embd.weight.lora_b", b)], "it changes 'token_embd.weight'");
        Refuse([("blk.5.attn_v.weight.lora_a", a), ("blk.5.attn_v.weight.lora_b", b)], "in its 5 layers");
        Refuse([("blk.0.attn_norm.weight", ones(64))], "'blk.0.attn_norm.weight' is neither a lora_a nor a lora_b");
        Refuse([], "it holds no tensors");
        File.WriteAllText(path, "no GGUF file");
        Assert.Contains("not a GGUF file", Assert.Throws<CheckpointException>(Load).What, StringComparison.Ordinal);
        Assert.Contains("Give an adapter", Assert.Throws<CheckpointException>(
            () => AdapterFile.Load(Fixtures.Path("gguf_models", "stories260k.F32.gguf"), ConfigOf("stories260k"), ScalarType.Float32)).Fix, StringComparison.Ordinal);
        Assert.Contains("no adapter", Assert.Throws<CheckpointException>(
            () => AdapterFile.Load(folder.Path, ConfigOf("stories260k"), ScalarType.Float32)).What, StringComparison.Ordinal);

        void Refuse(
            (string, Tensor)[] tensors, string because, string type = "adapter", string kind = "lora", string architecture = "llama")
        {
            Write(path, tensors, 4, type, kind, architecture);
            Assert.Contains(because, Assert.Throws<CheckpointException>(Load).What, StringComparison.Ordinal);
        }

        void Load() => AdapterFile.Load(path, ConfigOf("stories260k"), ScalarType.Float32).Dispose();
    }

    private static void Write(
        string path, (string, Tensor)[] tensors, float? alpha = 4, string type = "adapter", string kind = "lora", string architecture = "llama")
    {
        List<(string, object)> metadata = [("general.architecture", architecture), ("general.type", type), ("adapter.type", kind)];
        if (alpha is { } given)
            metadata.Add(("adapter.lora.alpha", given));
        AtomicFile.Write(path, stream => GgufWriter.Write(stream, metadata, tensors));
    }

    private static LlamaConfig ConfigOf(string name)
    {
        using var checkpoint = Checkpoint.Open(name.StartsWith("smollm2", StringComparison.Ordinal) ? Fixtures.SmolLm2 : Fixtures.Asset("stories260k"));
        return checkpoint.Config;
    }
}
