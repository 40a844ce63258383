using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class AnswerScoreTests
{
    [Theory]
    [InlineData("1111", 1.0, 1.0)]
    [InlineData("0000", 0.0, 0.0)]
    [InlineData("0111", 0.75, 0.75)]
    [InlineData("1011", 0.75, 0.5)]
    [InlineData("1110", 0.75, 0.0)]
    [InlineData("1", 1.0, 1.0)]
    public void Memorisation_counts_hits_and_extraction_the_suffix_without_a_miss(string hits, double memorisation, double strength)
    {
        AnswerScore score = new(1.0, 0.5, hits.Length) { GreedyHits = [.. hits.Select(hit => hit == '1')] };
        Assert.Equal(memorisation, score.ExactMemorisation);
        Assert.Equal(strength, score.ExtractionStrength);
    }

    [Fact]
    public void A_model_that_does_not_say_what_it_would_choose_has_neither()
    {
        AnswerScore score = new(1.0, 0.5, 3);
        Assert.True(double.IsNaN(score.ExactMemorisation) && double.IsNaN(score.ExtractionStrength));
        Assert.Equal(-3.0, score.LogLikelihood);
    }
}
