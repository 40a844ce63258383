using System.Text.Json;
using System.Text.Json.Nodes;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

public sealed class PeftAdapterTests
{
    [SkippableFact]
    [Trait("Category", "Fixtures")]
    public void An_adapter_saved_by_peft_is_loaded_with_its_strength()
    {
        using var adapter = PeftAdapter.Load(Fixtures.Path("lora_peft", "stories260k_r8_all"), ScalarType.Float64);
        Assert.All(adapter.Modules.Values, pair => Assert.Equal(new LoraSettings(8, 16), pair.Settings));
        Assert.Equal(35, adapter.Modules.Count);

        var deltas = Fixtures.Json("lora_peft", "stories260k_r8_all", "expected.json").GetProperty("delta_frobenius");
        CheckDeltas(adapter, deltas);
    }

    [SkippableTheory]
    [Trait("Category", "Fixtures")]
    [InlineData("stories260k_rslora")]
    [InlineData("stories260k_alpha3_regex")]
    [InlineData("stories260k_rank_pattern")]
    [InlineData("smollm2_r2_qv")]
    public void Other_plain_adapters_have_the_strength_that_peft_gives_them(string name)
    {
        using var adapter = PeftAdapter.Load(Fixtures.Path("lora_peft", name), ScalarType.Float64);
        CheckDeltas(adapter, Fixtures.Json("lora_peft", name, "expected.json").GetProperty("delta_frobenius"));
    }

    [SkippableTheory]
    [Trait("Category", "Fixtures")]
    [InlineData("refuse_dora", "use_dora")]
    [InlineData("refuse_modules_to_save", "modules_to_save")]
    [InlineData("refuse_lora_bias", "lora_bias")]
    public void An_adapter_that_is_more_than_plain_LoRA_is_refused_by_the_name_of_what_it_uses(string folder, string option)
    {
        var refusal = Assert.Throws<CheckpointException>(() => PeftAdapter.Load(Fixtures.Path("lora_peft", folder), ScalarType.Float32));
        Assert.Contains($"'{option}'", refusal.What, StringComparison.Ordinal);
        Assert.EndsWith("adapter_config.json", refusal.File, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [Trait("Category", "Fixtures")]
    [InlineData("refuse_dora", "use_dora")]
    [InlineData("refuse_modules_to_save", "modules_to_save")]
    [InlineData("refuse_lora_bias", "lora_bias")]
    public void So_it_is_where_only_its_tensors_show_it(string name, string option)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Path("lora_peft", name));
        var config = JsonNode.Parse(File.ReadAllText(folder.File("adapter_config.json")))!;
        config[option] = null;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.File("adapter_config.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(folder.File("adapter_config.json"), config.ToJsonString());
        var refusal = Assert.Throws<CheckpointException>(() => PeftAdapter.Load(folder.Path, ScalarType.Float32));
        Assert.Contains($"'{option}'", refusal.What, StringComparison.Ordinal);
        Assert.EndsWith("adapter_model.safetensors", refusal.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_that_differ_in_rank_and_strength_come_back_so()
    {
        using var folder = new TemporaryFolder();
        using var adapter = new LoraAdapter(new Dictionary<string, LoraPair>
        {
            ["model.layers.0.self_attn.q_proj"] = new(randn(2, 5), randn(7, 2), new(2, 3.5)),
            ["model.layers.1.self_attn.q_proj"] = new(randn(3, 5), randn(7, 3), new(3, 3.5)),
            ["model.layers.10.self_attn.q_proj"] = new(randn(2, 5), randn(7, 2), new(2, 3.5)),
            ["model.layers.11.self_attn.q_proj"] = new(randn(2, 5), randn(7, 2), new(2, -0.1)),
            ["model.layers.1.mlp.up_proj"] = new(randn(4, 5), randn(7, 4), new(4, 1.0 / 3)),
        });
        PeftAdapter.Save(folder.Path, adapter, "base");
        using var loaded = PeftAdapter.Load(folder.Path, ScalarType.Float32);
        foreach (var (module, pair) in adapter.Modules)
            Assert.Equal(pair.Settings, loaded.Modules[module].Settings);
        using var config = JsonDocument.Parse(File.ReadAllBytes(folder.File("adapter_config.json")));
        Assert.Equal(2, config.RootElement.GetProperty("r").GetInt32());
        Assert.Equal(
            ["model.layers.1.mlp.up_proj", "model.layers.1.self_attn.q_proj"],
            config.RootElement.GetProperty("rank_pattern").EnumerateObject().Select(entry => entry.Name));
        Assert.False(config.RootElement.GetProperty("use_rslora").GetBoolean());
    }

    [Theory]
    [InlineData("""{"q_proj": 8}""", 8)]
    [InlineData("""{"proj": 8}""", 2)]
    [InlineData("""{"layers.0.self_attn.q_proj": 8}""", 8)]
    [InlineData("""{"ayers.0.self_attn.q_proj": 8}""", 2)]
    [InlineData("""{"q": 8, "k_proj": 9}""", 2)]
    [InlineData("""{"self_attn.[qk]_proj": 8, "q_proj": 9}""", 8)]
    [InlineData("""{"k_proj|q_proj": 8}""", 8)]
    [InlineData("""{"(?!k)._proj": 8}""", 8)]
    [InlineData("""{"^model.*q_proj": 8}""", 8)]
    [InlineData("""{"q_pro": 8, "model\\.layers\\.0\\.self_attn\\.q_proj": 9}""", 9)]
    public void A_pattern_matches_the_end_of_a_path_from_a_dot_on_and_the_first_one_counts(string pattern, double alpha) =>
        Assert.Equal(alpha, WithAlphaPattern(pattern, config => config.SettingsOf("model.layers.0.self_attn.q_proj").Alpha));

    [Theory]
    [InlineData("""{"((a*)*)*(?!x)b": 1}""")]
    [InlineData("""{"(.|.|.)*(?=y)(.|.)*z": 1}""")]
    public void A_pattern_made_to_hang_its_reader_does_not(string pattern) => WithAlphaPattern(pattern, config =>
    {
        try
        {
            return config.SettingsOf("model.layers.0.self_attn." + new string('a', 40)).Alpha;
        }
        catch (CheckpointException refusal)
        {
            Assert.Contains("takes too long", refusal.What, StringComparison.Ordinal);
            return 0;
        }
    });

    [Theory]
    [InlineData("""{"q_proj(": 8}""", "is no regular expression")]
    [InlineData("""{"(?P<x>q)_proj": 8}""", "is no regular expression")]
    [InlineData("""{"q_proj": "8"}""", "is not a number")]
    [InlineData("""{"q_proj": 1e999}""", "out of range")]
    [InlineData("""["q_proj"]""", "requires an element of type 'Object'")]
    public void A_broken_pattern_is_refused(string pattern, string because)
    {
        var refusal = Assert.Throws<CheckpointException>(() => WithAlphaPattern(pattern, config => 0));
        Assert.Contains(because, refusal.What, StringComparison.Ordinal);
    }

    private static double WithAlphaPattern(string pattern, Func<PeftConfig, double> use)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("c.json"), $$"""{"peft_type": "LORA", "r": 2, "lora_alpha": 2, "alpha_pattern": {{pattern}}}""");
        return use(PeftConfig.Read(folder.File("c.json")));
    }

    [Fact]
    public void A_saved_adapter_comes_back_to_the_bit()
    {
        using var folder = new TemporaryFolder();
        using var adapter = Adapter("model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj");
        PeftAdapter.Save(folder.Path, adapter, "base");

        using var loaded = PeftAdapter.Load(folder.Path, ScalarType.Float32);
        Assert.Equal(adapter.Modules.Keys.Order(), loaded.Modules.Keys.Order());
        foreach (var (module, (a, b, settings)) in adapter.Modules)
        {
            Assert.True(a.bytes.SequenceEqual(loaded.Modules[module].A.bytes));
            Assert.True(b.bytes.SequenceEqual(loaded.Modules[module].B.bytes));
            Assert.Equal(settings, loaded.Modules[module].Settings);
        }
    }

    [Fact]
    public void The_same_adapter_is_saved_to_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        using var adapter = Adapter("model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj");
        using var reversed = new LoraAdapter(adapter.Modules.Reverse().ToDictionary());
        PeftAdapter.Save(folder.File("1"), adapter, "base");
        PeftAdapter.Save(folder.File("2"), reversed, "base");
        foreach (var name in new[] { "adapter_config.json", "adapter_model.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder.File("1"), name)), File.ReadAllBytes(Path.Combine(folder.File("2"), name)));
    }

    [Fact]
    public void The_configuration_has_what_servers_ask_for()
    {
        using var folder = new TemporaryFolder();
        using var adapter = Adapter(
            "model.layers.0.mlp.up_proj", "model.layers.0.self_attn.q_proj",
            "model.layers.1.mlp.up_proj", "model.layers.1.self_attn.q_proj");
        PeftAdapter.Save(folder.Path, adapter, "some/model");
        const string Expected = """
            {"peft_type":"LORA","task_type":"CAUSAL_LM","base_model_name_or_path":"some/model","revision":null,"inference_mode":true,"r":2,
             "lora_alpha":3.5,"lora_dropout":0,"bias":"none","target_modules":["q_proj","up_proj"],"modules_to_save":null,
             "fan_in_fan_out":false,"use_rslora":false,"use_dora":false,"rank_pattern":{},
             "alpha_pattern":{},"layers_to_transform":null,"init_lora_weights":true}
            """;
        using var expected = JsonDocument.Parse(Expected);
        using var actual = JsonDocument.Parse(File.ReadAllBytes(folder.File("adapter_config.json")));
        Assert.True(JsonElement.DeepEquals(expected.RootElement, actual.RootElement), actual.RootElement.GetRawText());
    }

    [Fact]
    public void Modules_that_differ_between_layers_are_listed_by_their_paths()
    {
        using var folder = new TemporaryFolder();
        using var adapter = Adapter("model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj");
        PeftAdapter.Save(folder.Path, adapter, "base");
        using var config = JsonDocument.Parse(File.ReadAllBytes(folder.File("adapter_config.json")));
        var targets = config.RootElement.GetProperty("target_modules").EnumerateArray().Select(item => item.GetString()!);
        Assert.Equal(adapter.Modules.Keys, targets);
    }

    [Fact]
    public void A_pair_with_one_half_missing_or_of_another_rank_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var adapter = Adapter("model.layers.0.self_attn.q_proj");
        PeftAdapter.Save(folder.Path, adapter, "base");
        var (a, b, _) = adapter.Modules["model.layers.0.self_attn.q_proj"];
        const string Prefix = "base_model.model.model.layers.0.self_attn.q_proj.";

        Refuse(new() { [Prefix + "lora_A.weight"] = a }, "lora_B.weight' is missing");
        Refuse(new() { [Prefix + "lora_B.weight"] = b }, "belongs to no pair");
        Refuse(
            new() { [Prefix + "lora_A.weight"] = a, [Prefix + "lora_B.weight"] = b, ["base_model.model.lm_head.weight"] = a }, "lm_head");
        Refuse(new() { [Prefix + "lora_A.weight"] = b, [Prefix + "lora_B.weight"] = a }, "does not fit rank 2");

        void Refuse(Dictionary<string, Tensor> tensors, string because)
        {
            Safetensors.Write(folder.File("adapter_model.safetensors"), tensors);
            var refusal = Assert.Throws<CheckpointException>(() => PeftAdapter.Load(folder.Path, ScalarType.Float32));
            Assert.Contains(because, refusal.What, StringComparison.Ordinal);
        }
    }

    private static LoraAdapter Adapter(params string[] modules) =>
        new(modules.ToDictionary(module => module, _ => new LoraPair(randn(2, 5), randn(7, 2), new(2, 3.5))));

    private static void CheckDeltas(LoraAdapter adapter, JsonElement deltas)
    {
        foreach (var delta in deltas.EnumerateObject())
        {
            using var scope = NewDisposeScope();
            var module = delta.Name.Replace("base_model.model.", "", StringComparison.Ordinal);
            var (a, b, settings) = adapter.Modules[module];
            Assert.Equal(delta.Value.GetDouble(), (b.matmul(a) * settings.Scale).norm().item<double>(), 1e-9);
        }
    }
}
