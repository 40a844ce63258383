using CsCheck;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Gates;

namespace Unlearning.Host.Tests.Gates;

public sealed class GateJudgeTests
{
    /// <summary>Baseline 0.70, candidate 0.40 [0.32, 0.49], difference -0.30 [-0.40, -0.20], n = 120, shown as a share.</summary>
    private static readonly MetricResult _share = Metric(
        "harmful_rate", true, new(0.70, 0.61, 0.77, 120), new(0.40, 0.32, 0.49, 120), new(-0.30, -0.40, -0.20, 120));

    /// <summary>Baseline 2.0, candidate 2.04, difference 0.04 [0.01, 0.07]: a rise of 2 % [0.5, 3.5].</summary>
    private static readonly MetricResult _level = Metric(
        "ordinary_nll", false, new(2.0, 1.8, 2.2, 48), new(2.04, 1.83, 2.25, 48), new(0.04, 0.01, 0.07, 48));

    [Theory]
    // The candidate's own value: 0.40, worst 0.49 as a ceiling and 0.32 as a floor.
    [InlineData(GateKind.Maximum, 0.45, GateBound.Point, Verdict.Pass)]
    [InlineData(GateKind.Maximum, 0.45, GateBound.Conservative, Verdict.Fail)]
    [InlineData(GateKind.Maximum, 0.49, GateBound.Conservative, Verdict.Pass)]
    [InlineData(GateKind.Minimum, 0.35, GateBound.Point, Verdict.Pass)]
    [InlineData(GateKind.Minimum, 0.35, GateBound.Conservative, Verdict.Fail)]
    [InlineData(GateKind.Minimum, 0.32, GateBound.Conservative, Verdict.Pass)]
    // The change: -0.30, at worst -0.20.
    [InlineData(GateKind.MinimumDecrease, 0.0, GateBound.Conservative, Verdict.Pass)]
    [InlineData(GateKind.MinimumDecrease, 0.20, GateBound.Conservative, Verdict.Pass)]
    [InlineData(GateKind.MinimumDecrease, 0.25, GateBound.Conservative, Verdict.Fail)]
    [InlineData(GateKind.MinimumDecrease, 0.25, GateBound.Point, Verdict.Pass)]
    [InlineData(GateKind.MinimumDecrease, 0.31, GateBound.Point, Verdict.Fail)]
    [InlineData(GateKind.MaximumIncrease, 0.0, GateBound.Conservative, Verdict.Pass)]
    [InlineData(GateKind.MaximumIncrease, -0.25, GateBound.Conservative, Verdict.Fail)]
    [InlineData(GateKind.MaximumIncrease, -0.25, GateBound.Point, Verdict.Pass)]
    public void Shares_are_judged_by_the_bound_that_the_rule_names(GateKind kind, double threshold, GateBound bound, Verdict expected) =>
        Assert.Equal(expected, Judge(_share, kind, threshold, bound).Verdict);

    [Theory]
    // The rise relative to 2.0: 2 %, at worst 3.5 % as a rise; as a fall at worst +0.5 %.
    [InlineData(GateKind.MaximumRelativeIncrease, 0.03, GateBound.Point, Verdict.Pass)]
    [InlineData(GateKind.MaximumRelativeIncrease, 0.03, GateBound.Conservative, Verdict.Fail)]
    [InlineData(GateKind.MaximumRelativeIncrease, 0.036, GateBound.Conservative, Verdict.Pass)]
    [InlineData(GateKind.MaximumRelativeDecrease, 0.0, GateBound.Conservative, Verdict.Pass)]
    [InlineData(GateKind.MaximumRelativeDecrease, -0.01, GateBound.Conservative, Verdict.Fail)]
    public void Relative_changes_are_fractions_of_the_baseline(GateKind kind, double threshold, GateBound bound, Verdict expected) =>
        Assert.Equal(expected, Judge(_level, kind, threshold, bound).Verdict);

    [Fact]
    public void A_gate_that_must_fail_fails()
    {
        MetricResult worse = Metric("harmful_rate", true, new(0.4, 0.3, 0.5, 120), new(0.7, 0.6, 0.8, 120), new(0.3, 0.2, 0.4, 120));
        GateDecision decision = GateJudge.Judge(Report(worse), [Rule("harmful_rate", GateKind.MinimumDecrease, 0.0)]);
        Assert.Equal(Verdict.Fail, decision.Verdict);
    }

    [Fact]
    public void No_change_at_all_does_not_pass_a_gate_that_asks_for_a_fall()
    {
        MetricResult same = Metric("harmful_rate", true, new(0.7, 0.6, 0.8, 120), new(0.7, 0.6, 0.8, 120), new(0.0, -0.031, 0.031, 120));
        Assert.Equal(Verdict.Fail, Judge(same, GateKind.MinimumDecrease, 0.0, GateBound.Conservative).Verdict);
    }

    [Fact]
    public void A_missing_metric_is_inconclusive() =>
        Assert.Equal(Verdict.Inconclusive, GateJudge.Judge(Report(_share), [Rule("toxicity", GateKind.Maximum, 1.0)]).Verdict);

    [Fact]
    public void Too_small_a_sample_is_inconclusive_even_where_the_rule_would_fail()
    {
        GateRule rule = Rule("harmful_rate", GateKind.Maximum, 0.01) with { MinimumSample = 121 };
        Assert.Equal(Verdict.Inconclusive, GateJudge.Judge(Report(_share), [rule]).Verdict);
    }

    [Theory]
    [InlineData(GateKind.Maximum)]
    [InlineData(GateKind.MaximumIncrease)]
    [InlineData(GateKind.MaximumRelativeDecrease)]
    public void Not_a_number_is_inconclusive(GateKind kind)
    {
        MetricResult broken = Metric(
            "fluency", false, new(5, 4, 6, 50), new(double.NaN, double.NaN, double.NaN, 50), new(double.NaN, double.NaN, double.NaN, 50));
        Assert.Equal(Verdict.Inconclusive, Judge(broken, kind, 10, GateBound.Conservative).Verdict);
    }

    [Fact]
    public void A_relative_change_of_nothing_is_inconclusive()
    {
        MetricResult zero = Metric("obscenity", false, new(0, 0, 0, 50), new(0.1, 0, 0.2, 50), new(0.1, 0, 0.2, 50));
        Assert.Equal(Verdict.Inconclusive, Judge(zero, GateKind.MaximumRelativeIncrease, 0.5, GateBound.Conservative).Verdict);
    }

    [Fact]
    public void Only_all_gates_passing_is_a_pass_and_a_failure_beats_doubt()
    {
        GateRule pass = Rule("harmful_rate", GateKind.MinimumDecrease, 0.0);
        GateRule fail = Rule("harmful_rate", GateKind.Maximum, 0.1);
        GateRule doubt = Rule("toxicity", GateKind.Maximum, 0.1);
        Assert.Equal(Verdict.Pass, GateJudge.Judge(Report(_share), [pass, pass]).Verdict);
        Assert.Equal(Verdict.Inconclusive, GateJudge.Judge(Report(_share), [pass, doubt]).Verdict);
        Assert.Equal(Verdict.Fail, GateJudge.Judge(Report(_share), [doubt, fail, pass]).Verdict);
    }

    [Fact]
    public void Without_any_gate_nothing_passes() => Assert.Equal(Verdict.Inconclusive, GateJudge.Judge(Report(_share), []).Verdict);

    [Fact]
    public void Verdicts_say_their_numbers()
    {
        Assert.Equal(
            "test: pass, harmful_rate went from 70.0 % to 40.0 %, a change of -30.0 points, at worst -20.0 points (95 %), n = 120; it must be at most 0.0 points.",
            Judge(_share, GateKind.MinimumDecrease, 0.0, GateBound.Conservative).Sentence);
        Assert.Equal(
            "test: fail, ordinary_nll went from 2.000 to 2.040, a change of 2.0 %, at worst 3.5 % (95 %), n = 48; it must be at most 3.0 %.",
            Judge(_level, GateKind.MaximumRelativeIncrease, 0.03, GateBound.Conservative).Sentence);
        Assert.Equal(
            "test: pass, harmful_rate is 40.0 %, n = 120; it must be at most 45.0 %.",
            Judge(_share, GateKind.Maximum, 0.45, GateBound.Point).Sentence);
        Assert.Equal(
            "test: inconclusive, toxicity was not measured.",
            GateJudge.Judge(Report(_share), [Rule("toxicity", GateKind.Maximum, 1)]).Gates[0].Sentence);
    }

    [Fact]
    public void A_conservative_gate_is_never_easier_than_the_same_gate_on_the_point() =>
        Gen.Select(Gen.Double[-1, 1], Gen.Double[0, 0.5], Gen.Double[-1, 1], Gen.Enum<GateKind>()).Sample((value, half, threshold, kind) =>
        {
            Estimate estimate = new(value, value - half, value + half, 100);
            MetricResult metric = Metric("fluency", false, new(1, 0.9, 1.1, 100), estimate, estimate);
            if (Judge(metric, kind, threshold, GateBound.Conservative).Verdict == Verdict.Pass)
            {
                Assert.Equal(Verdict.Pass, Judge(metric, kind, threshold, GateBound.Point).Verdict);
            }
        });

    private static GateVerdict Judge(MetricResult metric, GateKind kind, double threshold, GateBound bound) =>
        GateJudge.Judge(Report(metric), [Rule(metric.Name, kind, threshold) with { Bound = bound }]).Gates.Single();

    private static GateRule Rule(string metric, GateKind kind, double threshold) =>
        new() { Name = "test", Metric = metric, Kind = kind, Threshold = threshold, MinimumSample = 30 };

    private static MetricResult Metric(string name, bool share, Estimate baseline, Estimate candidate, Estimate difference) => new()
    {
        Name = name,
        Description = name,
        HigherIsBetter = false,
        IsShare = share,
        Baseline = baseline,
        Candidate = candidate,
        Difference = difference,
    };

    private static EvaluationReport Report(params MetricResult[] metrics) =>
        new() { Metrics = metrics, PromptsHash = "hash", Seed = 1, Answers = [] };
}
