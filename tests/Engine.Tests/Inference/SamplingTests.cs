using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;

namespace Unlearning.Engine.Tests.Inference;

[Trait("Category", "Fixtures")]
public sealed class SamplingTests
{
    private static readonly float[] Logits = [1f, 4f, 2f, 3f, 0f, -1f, 3.5f, 2.5f, 1.5f, 0.5f];
    private static readonly Lazy<Tokenizer> Tokens = new(() => Tokenizer.FromFile(Path.Combine(Fixtures.SmolLm2, "tokenizer.json")));

    [SkippableFact]
    public void Temperature_zero_takes_the_most_probable_token_and_the_first_of_equals()
    {
        Assert.Equal(1, Draw(Sequence(new())));
        Assert.Equal(2, Sampler.Next([0f, 1f, 5f, 5f], Sequence(new())).Id);
    }

    [SkippableFact]
    public void Sampled_frequencies_are_the_softmax_at_the_temperature()
    {
        GenerationSequence sequence = Sequence(new() { Temperature = 1.5, Seed = 3 });
        double[] counts = new double[Logits.Length];
        const int Draws = 20_000;
        for (int i = 0; i < Draws; i++)
            counts[Draw(sequence)]++;
        double[] weights = [.. Logits.Select(logit => Math.Exp(logit / 1.5))];
        for (int i = 0; i < counts.Length; i++)
        {
            double p = weights[i] / weights.Sum();
            Assert.InRange(counts[i] / Draws, p - 5 * Math.Sqrt(p / Draws), p + 5 * Math.Sqrt(p / Draws));
        }
    }

    [SkippableTheory]
    [InlineData(3, 1.0, 0.0, new[] { 1, 6, 3 })]
    [InlineData(0, 0.6, 0.0, new[] { 1, 6 })]
    [InlineData(0, 0.01, 0.0, new[] { 1 })]
    [InlineData(0, 1.0, 0.3, new[] { 1, 6, 3 })]
    [InlineData(4, 0.85, 0.0, new[] { 1, 6, 3 })]
    [InlineData(4, 0.85, 0.5, new[] { 1, 6 })]
    public void Truncation_leaves_exactly_the_tokens_of_its_definition(int topK, double topP, double minP, int[] expected)
    {
        GenerationSequence sequence = Sequence(new() { Temperature = 1, TopK = topK, TopP = topP, MinP = minP, Seed = 1 });
        HashSet<int> seen = [.. Enumerable.Range(0, 3000).Select(_ => Draw(sequence))];
        Assert.Equal(expected.Order(), seen.Order());
    }

    [SkippableFact]
    public void The_same_seed_draws_the_same_tokens_and_another_seed_others()
    {
        int[] Draws(long seed)
        {
            GenerationSequence sequence = Sequence(new() { Temperature = 2, Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => Draw(sequence))];
        }

        Assert.Equal(Draws(7), Draws(7));
        Assert.NotEqual(Draws(7), Draws(8));
        Assert.NotEqual(Draws(7), Draws(7 + (1L << 32)));
    }

    [SkippableFact]
    public void The_repetition_penalty_divides_positive_and_multiplies_negative_logits_of_seen_tokens()
    {
        float[] logits = [3f, -1f, 2f, -2f];
        Sampler.Next(logits, Sequence(new() { RepetitionPenalty = 2 }, 0, 1));
        Assert.Equal([1.5f, -2f, 2f, -2f], logits);
    }

    [SkippableFact]
    public void Frequency_and_presence_penalties_count_the_answer_and_not_the_prompt()
    {
        GenerationSequence sequence = Sequence(new() { FrequencyPenalty = 0.5, PresencePenalty = 0.25 }, 0, 1);
        sequence.Accept(new SampledToken(2));
        sequence.Accept(new SampledToken(2));
        float[] logits = [3f, -1f, 2f, -2f];
        Sampler.Next(logits, sequence);
        Assert.Equal([3f, -1f, 0.75f, -2f], logits);
    }

    [SkippableFact]
    public void Log_probabilities_are_the_models_own_whatever_the_sampling()
    {
        SampledToken token = Sampler.Next([.. Logits], Sequence(new() { LogProbabilities = 3, RepetitionPenalty = 5, Temperature = 1, TopK = 1 }, 1));
        double logSum = Math.Log(Logits.Sum(logit => Math.Exp(logit)));
        Assert.Equal(6, token.Id);
        Assert.Equal(3.5 - logSum, token.LogProbability, 6);
        Assert.Equal([1, 6, 3], token.Alternatives.Select(other => other.Id));
        Assert.Equal(4 - logSum, token.Alternatives[0].LogProbability, 6);
    }

    [SkippableFact]
    public void Logits_that_are_not_finite_are_an_error_and_no_token()
    {
        Assert.Throws<NonFiniteLogitsException>(() => Sampler.Next([float.NaN, float.NaN], Sequence(new())));
        Assert.Throws<NonFiniteLogitsException>(() => Sampler.Next([float.NaN, 1], Sequence(new() { Temperature = 1 })));
    }

    [Fact]
    public void Settings_out_of_range_are_refused_by_name()
    {
        GenerationSettings[] wrong =
        [
            new() { MaximumTokens = 0 }, new() { Temperature = -1 }, new() { Temperature = double.NaN }, new() { TopP = 0 }, new() { TopK = -1 },
            new() { MinP = 1.5 }, new() { RepetitionPenalty = 0 }, new() { FrequencyPenalty = 3 }, new() { PresencePenalty = double.NaN },
            new() { LogProbabilities = 21 }, new() { StopStrings = [""] },
        ];
        foreach (GenerationSettings settings in wrong)
            Assert.Throws<ArgumentOutOfRangeException>(settings.Validate);
    }

    private static int Draw(GenerationSequence sequence) => Sampler.Next([.. Logits], sequence).Id;

    private static GenerationSequence Sequence(GenerationSettings settings, params int[] prompt) => new(
        prompt.Length > 0 ? prompt : [9],
        settings,
        Tokens.Value,
        new HashSet<int>());
}
