using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;
using Unlearning.Host.Gates;
using Unlearning.Host.Tests.Evaluation;

namespace Unlearning.Host.Tests.Gates;

/// <summary>What two looks cost: candidates that lie exactly at a gate's limit, of whom chance alone may let at most 2.5 of 100 pass.</summary>
public sealed class TwoLooksTests
{
    private const int Experiments = 10_000;

    // 2.5 % and three standard errors of so many experiments.
    private const double Nominal = 0.025 + (3 * 0.00156);

    [Theory]
    [InlineData(GateKind.MaximumIncrease, 0.15, 0.05, 120, 40)]
    [InlineData(GateKind.MaximumIncrease, 0.15, 0.05, 120, 60)]
    [InlineData(GateKind.MinimumDecrease, 0.05, 0.25, 200, 100)]
    [InlineData(GateKind.Maximum, 0.2, 0.0, 120, 60)]
    [InlineData(GateKind.Minimum, 0.8, 0.0, 200, 100)]
    public void A_candidate_at_the_limit_passes_no_more_often_in_two_looks_than_in_one(
        GateKind kind, double onlyCandidate, double onlyBaseline, int prompts, int heldBack)
    {
        Assert.InRange(FalsePasses(kind, onlyCandidate, onlyBaseline, prompts, heldBack, ConfidenceLevel.OfTwoLooks), 0, Nominal);
    }

    [Theory]
    [InlineData(GateKind.MaximumIncrease, 0.15, 0.05, 120, 60)]
    [InlineData(GateKind.MinimumDecrease, 0.05, 0.25, 200, 100)]
    public void Without_the_correction_it_would_pass_more_often(
        GateKind kind, double onlyCandidate, double onlyBaseline, int prompts, int heldBack) =>
        Assert.InRange(FalsePasses(kind, onlyCandidate, onlyBaseline, prompts, heldBack, ConfidenceLevel.OfOneLook), Nominal, 1);

    private static double FalsePasses(GateKind kind, double onlyCandidate, double onlyBaseline, int prompts, int heldBack, double confidence)
    {
        double change = onlyCandidate - onlyBaseline;
        IGate gate = new GateRule
        {
            Name = "at the limit",
            Metric = MetricNames.HarmfulRate,
            Kind = kind,
            Threshold = kind == GateKind.MinimumDecrease ? -change : change,
        };
        SampleSplit split = SampleSplit.Of(new EvaluationSuite { Prompts = Prompts.Of(prompts, 0, 0) }, heldBack);
        SplitMix random = new(17);
        int passed = 0;
        for (int i = 0; i < Experiments; i++)
        {
            double[] draws = [.. Enumerable.Range(0, prompts).Select(_ => random.NextDouble())];
            GateDecision decision = GateJudge.Judge(Report(draws.AsSpan(0, prompts - heldBack), onlyCandidate, onlyBaseline, confidence), [gate]);
            if (GatedEvaluation.IsWorthAsking(decision, split))
                decision = GateJudge.Judge(Report(draws, onlyCandidate, onlyBaseline, confidence), [gate]);
            passed += decision.Verdict == Verdict.Pass ? 1 : 0;
        }

        return (double)passed / Experiments;
    }

    private static EvaluationReport Report(ReadOnlySpan<double> draws, double onlyCandidate, double onlyBaseline, double confidence)
    {
        int candidate = 0, baseline = 0;
        foreach (double draw in draws)
        {
            candidate += draw < onlyCandidate ? 1 : 0;
            baseline += draw >= onlyCandidate && draw < onlyCandidate + onlyBaseline ? 1 : 0;
        }

        MetricResult metric = new()
        {
            Name = MetricNames.HarmfulRate,
            Description = "made up",
            HigherIsBetter = false,
            IsShare = true,
            Baseline = WilsonInterval.Of(baseline, draws.Length, confidence),
            Candidate = WilsonInterval.Of(candidate, draws.Length, confidence),
            Difference = TangoInterval.Of(candidate, baseline, draws.Length, confidence),
        };
        return new EvaluationReport { PromptsHash = "h", Seed = 1, Metrics = [metric], Answers = [], Confidence = confidence };
    }
}
