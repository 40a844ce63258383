using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Inference;

public sealed class WeightPlanTests
{
    private const long Gib = 1L << 30;

    /// <summary>Llama-3-8B: 8.03 billion parameters.</summary>
    private static readonly LlamaConfig EightBillion = new()
    {
        HiddenSize = 4096,
        IntermediateSize = 14336,
        LayerCount = 32,
        HeadCount = 32,
        KeyValueHeadCount = 8,
        HeadDim = 128,
        VocabularySize = 128256,
        MaxPositions = 8192,
        RmsNormEpsilon = 1e-5,
        RopeTheta = 500000,
        TieWordEmbeddings = false,
    };

    [Theory]
    [InlineData(128, ScalarType.Float32, false)]
    [InlineData(24, ScalarType.BFloat16, false)]
    [InlineData(16, ScalarType.BFloat16, true)]
    public void Weights_are_as_wide_as_fits_and_stay_in_the_file_where_nothing_does(int gib, ScalarType type, bool streamed) =>
        Assert.Equal(new WeightPlan(type, streamed), WeightPlan.For(new EngineOptions(), EightBillion, gib * Gib));

    [Fact]
    public void What_is_configured_counts() =>
        Assert.Equal(
            new WeightPlan(ScalarType.Float64, Streamed: true),
            WeightPlan.For(new EngineOptions { Type = "float64", StreamWeights = true }, EightBillion, 1024 * Gib));

    [Fact]
    public void An_unknown_type_is_refused_with_those_that_exist() =>
        Assert.Contains("bfloat16", Assert.Throws<ArgumentException>(
            () => WeightPlan.For(new EngineOptions { Type = "half" }, EightBillion, Gib)).Message, StringComparison.Ordinal);
}
