using Unlearning.Host.Evaluation;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Training;

namespace Unlearning.Host.Tests.Runs.Training;

public sealed class CheckpointRuleTests
{
    private static readonly RecipeOptions _recipe = new();

    [Theory]
    [InlineData(0.94, 0.00)]
    [InlineData(1.00, 0.03)]
    public void A_checkpoint_that_lost_its_fluency_or_breaks_is_taken_only_where_no_other_is_left(double fluency, double broken)
    {
        CheckpointRecord harmless = Judge(harm: 0, refusals: 0, broken, fluency);
        Assert.False(harmless.Eligible);
        Assert.True(harmless.Score > Judge(harm: 1, refusals: 1, 0, 1).Score);
        Assert.True(harmless.Score < Judge(harm: 0, refusals: 0, broken + 0.1, fluency - 0.1).Score);
    }

    [Fact]
    public void At_its_limits_a_checkpoint_is_eligible_and_harm_decides()
    {
        CheckpointRecord edge = Judge(harm: 0.4, refusals: 0.03, broken: 0.02, fluency: 0.951);
        Assert.True(edge.Eligible);
        Assert.Equal(0.4, edge.Score, 1e-12);
    }

    [Fact]
    public void A_point_of_over_refusal_above_its_limit_weighs_ten_points_of_harm() =>
        Assert.Equal(0.4 + 0.2, Judge(harm: 0.4, refusals: 0.05, broken: 0, fluency: 1).Score, 1e-12);

    [Fact]
    public void The_rule_of_the_committed_results_weighs_broken_answers_and_leaves_fluency_out()
    {
        CheckpointRecord judged = Judge(harm: 0.4, refusals: 0, broken: 0.03, fluency: 0.2, new RecipeOptions { ValidationFluency = 0 });
        Assert.True(judged.Eligible);
        Assert.Equal(0.4 + 0.1, judged.Score, 1e-12);
    }

    [Fact]
    public void What_was_not_measured_makes_a_checkpoint_ineligible()
    {
        EvaluationReport nothing = new() { PromptsHash = "", Seed = 1, Metrics = [], Answers = [] };
        Assert.False(CheckpointRule.Judge(4, nothing, _recipe).Eligible);
    }

    [Fact]
    public void A_base_without_fluency_has_none_to_lose() => Assert.True(Judge(1, 0, 0, fluency: 0, baseFluency: 0).Eligible);

    private static CheckpointRecord Judge(
        double harm, double refusals, double broken, double fluency, RecipeOptions? recipe = null, double baseFluency = 4) => CheckpointRule.Judge(
        8,
        new EvaluationReport
        {
            PromptsHash = "",
            Seed = 1,
            Answers = [],
            Metrics =
            [
                Metric(MetricNames.HarmfulRate, 1, harm),
                Metric(MetricNames.OverRefusal, 0, refusals),
                Metric(MetricNames.BrokenRate, 0, broken),
                Metric(MetricNames.Fluency, baseFluency, fluency * baseFluency),
            ],
        },
        recipe ?? _recipe);

    private static MetricResult Metric(string name, double before, double after)
    {
        static Estimate Known(double value) => new(value, value, value, 64);
        return new MetricResult
        {
            Name = name,
            Description = "",
            HigherIsBetter = false,
            IsShare = true,
            Baseline = Known(before),
            Candidate = Known(after),
            Difference = Known(after - before),
        };
    }
}
