using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

[Trait("Category", "Fixtures")]
public sealed class GgufTests
{
    [SkippableFact]
    public void The_embedded_model_has_all_its_tensors_in_Hugging_Face_names_and_shapes()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.SmolLm2);
        Assert.Equal(272, checkpoint.TensorNames.Count);
        Assert.Equal(
            new LlamaConfig
            {
                HiddenSize = 576,
                IntermediateSize = 1536,
                LayerCount = 30,
                HeadCount = 9,
                KeyValueHeadCount = 3,
                HeadDim = 64,
                VocabularySize = 49152,
                MaxPositions = 8192,
                RmsNormEpsilon = 1e-5f,
                RopeTheta = 100000,
                TieWordEmbeddings = true,
            },
            checkpoint.Config);
        foreach (var (name, shape) in LlamaTensors.Expected(checkpoint.Config))
        {
            using var tensor = checkpoint.Read(name, ScalarType.Float32);
            Assert.Equal(shape, tensor.shape);
            Assert.Equal(ScalarType.Float32, tensor.dtype);
        }
    }

    [SkippableFact]
    public void The_embedded_model_brings_its_hash_tokenizer_template_and_end_token()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.SmolLm2Gguf);
        Assert.Equal("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", checkpoint.ContentHash());
        Assert.Equal(Path.Combine(Fixtures.SmolLm2, "tokenizer.json"), checkpoint.TokenizerJsonPath);
        Assert.Equal(File.ReadAllText(Path.Combine(Fixtures.SmolLm2, "chat_template.jinja")).Trim(), checkpoint.ChatTemplate?.Trim());
        Assert.Equal([2], checkpoint.EndTokens);
    }

    [SkippableFact]
    public void Tensors_of_a_GGUF_are_those_of_the_Hugging_Face_model_it_was_made_from()
    {
        using var gguf = Checkpoint.Open(Fixtures.Path("gguf_models", "stories260k.F32.gguf"));
        using var original = Checkpoint.Open(Fixtures.Asset("stories260k"));
        Assert.Equal(original.TensorNames.Order(), gguf.TensorNames.Order());
        foreach (var name in original.TensorNames)
        {
            using var expected = original.Read(name, ScalarType.Float32);
            using var actual = gguf.Read(name, ScalarType.Float32);
            Assert.True(expected.shape.SequenceEqual(actual.shape) && expected.bytes.SequenceEqual(actual.bytes), name);
        }
        Assert.Equal(original.Config with { RmsNormEpsilon = 1e-5f }, gguf.Config);
    }

    [SkippableTheory]
    [InlineData("head_dim_32_tied")]
    [InlineData("rope_linear_type_key")]
    [InlineData("rope_llama3_small_context")]
    public void A_GGUF_declares_the_same_model_as_the_config_it_was_made_from(string variant)
    {
        using var gguf = Checkpoint.Open(Fixtures.Path("gguf_models", variant + ".F32.gguf"));
        var original = HuggingFaceConfig.Read(Fixtures.Path("llama_variants", variant, "config.json"));

        Assert.Equal(original with { RopeScaling = null, RmsNormEpsilon = 1e-5f }, gguf.Config with { RopeScaling = null });
        Assert.Equal(
            ScaledFrequencies(original),
            ScaledFrequencies(gguf.Config),
            (expected, actual) => Math.Abs(actual - expected) <= 1e-6 * expected);
    }

    [SkippableFact]
    public void Quantised_and_plain_tensors_may_be_mixed_in_one_file()
    {
        using var quantised = Checkpoint.Open(Fixtures.Path("gguf_models", "stories260k.Q8_0.gguf"));
        using var original = Checkpoint.Open(Fixtures.Asset("stories260k"));
        foreach (var name in original.TensorNames)
        {
            using var expected = original.Read(name, ScalarType.Float64);
            using var actual = quantised.Read(name, ScalarType.Float64);
            using var scale = expected.abs().max();
            using var difference = (expected - actual).abs().max();
            Assert.True(difference.ToDouble() <= scale.ToDouble() / 127, name);
        }
    }

    private static double[] ScaledFrequencies(LlamaConfig config)
    {
        var exponents = Enumerable.Range(0, config.HeadDim / 2).Select(i => -2.0 * i / config.HeadDim);
        double[] frequencies = [.. exponents.Select(exponent => Math.Pow(config.RopeTheta, exponent))];
        config.RopeScaling?.Apply(frequencies);
        return frequencies;
    }
}
