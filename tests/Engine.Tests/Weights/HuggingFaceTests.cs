using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

[Trait("Category", "Fixtures")]
public sealed class HuggingFaceTests
{
    [SkippableFact]
    public void Every_model_variant_opens_and_gives_each_of_its_tensors()
    {
        var opened = 0;
        foreach (var folder in Directory.GetDirectories(Fixtures.Path("llama_variants")).Where(HuggingFaceCheckpoint.IsPresent))
        {
            using var checkpoint = Checkpoint.Open(folder);
            foreach (var (name, shape) in LlamaTensors.Expected(checkpoint.Config))
            {
                using var tensor = checkpoint.Read(name, ScalarType.Float64);
                Assert.Equal(shape, tensor.shape);
            }
            opened++;
        }
        Assert.True(opened >= 3);
    }

    [SkippableFact]
    public void Numbers_on_disk_are_widened_exactly_and_not_changed_in_their_own_type()
    {
        foreach (var (variant, type) in new[] { ("bf16_weights", ScalarType.BFloat16), ("f16_weights_tied", ScalarType.Float16) })
        {
            var folder = Fixtures.Path("llama_variants", variant);
            using var checkpoint = Checkpoint.Open(folder);
            var stored = Safetensors.Read(Path.Combine(folder, "model.safetensors"));
            foreach (var name in checkpoint.TensorNames)
            {
                using var narrow = checkpoint.Read(name, type);
                using var wide = checkpoint.Read(name, ScalarType.Float64);
                using var back = wide.to(type);
                Assert.Equal(type, stored[name].dtype);
                Assert.True(stored[name].bytes.SequenceEqual(narrow.bytes) && stored[name].bytes.SequenceEqual(back.bytes), name);
            }
            foreach (var tensor in stored.Values)
                tensor.Dispose();
        }
    }

    [SkippableFact]
    public void Configs_of_the_old_and_the_new_form_say_the_same()
    {
        var old = ReadConfig("rope_llama3_old_form");
        Assert.Equal(old, ReadConfig("rope_llama3_new_form"));
        Assert.Equal(new Llama3RopeScaling(8, 1, 4, 8192), old.RopeScaling);
        Assert.Equal(500000, old.RopeTheta);
        Assert.Equal(new LinearRopeScaling(4), ReadConfig("rope_linear_type_key").RopeScaling);
    }

    [SkippableFact]
    public void Keys_absent_from_a_config_take_their_defaults()
    {
        var config = ReadConfig("mha_tied_minimal_config");
        Assert.Equal((4, 4, 16), (config.HeadCount, config.KeyValueHeadCount, config.HeadDim));
        Assert.Equal((10000.0, null), (config.RopeTheta, config.RopeScaling));
        Assert.Equal((true, false, false), (config.TieWordEmbeddings, config.AttentionBias, config.MlpBias));
        Assert.Equal(32, ReadConfig("head_dim_32_tied").HeadDim);
        Assert.True(ReadConfig("attention_bias").AttentionBias);
        Assert.True(ReadConfig("mlp_bias_tied").MlpBias);
    }

    [SkippableFact]
    public void The_content_hash_changes_with_any_shard_and_with_nothing_else()
    {
        using var copy = new TemporaryFolder().With(Fixtures.Path("llama_variants", "sharded"));
        var original = HashOf(copy.Path);
        File.AppendAllText(copy.File("expected.json"), " ");
        Assert.Equal(original, HashOf(copy.Path));

        var shard = copy.File("model-00003-of-00004.safetensors");
        var bytes = File.ReadAllBytes(shard);
        bytes[^1] ^= 1;
        File.WriteAllBytes(shard, bytes);
        Assert.NotEqual(original, HashOf(copy.Path));
    }

    [SkippableFact]
    public void End_tokens_and_chat_template_come_from_whichever_file_has_them()
    {
        using var copy = new TemporaryFolder().With(Fixtures.Asset("stories260k"));
        using (var plain = Checkpoint.Open(copy.Path))
        {
            Assert.Equal([2], plain.EndTokens);
            Assert.Null(plain.ChatTemplate);
            Assert.Null(plain.TokenizerJsonPath);
        }
        File.WriteAllText(copy.File("generation_config.json"), """{"eos_token_id": [7, 2]}""");
        File.WriteAllText(
            copy.File("tokenizer_config.json"),
            """{"chat_template": [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D"}]}""");
        File.WriteAllText(copy.File("tokenizer.json"), "{}");
        using (var rich = Checkpoint.Open(copy.Path))
        {
            Assert.Equal([7, 2], rich.EndTokens);
            Assert.Equal("D", rich.ChatTemplate);
            Assert.Equal(copy.File("tokenizer.json"), rich.TokenizerJsonPath);
        }
        File.WriteAllText(copy.File("chat_template.jinja"), "J");
        using var newest = Checkpoint.Open(copy.Path);
        Assert.Equal("J", newest.ChatTemplate);
    }

    private static LlamaConfig ReadConfig(string variant) =>
        HuggingFaceConfig.Read(Fixtures.Path("llama_variants", variant, "config.json"));

    private static string HashOf(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return checkpoint.ContentHash();
    }
}
