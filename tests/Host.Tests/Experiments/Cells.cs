using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Reports;
using Unlearning.Host.Tests.Reports;

namespace Unlearning.Host.Tests.Experiments;

/// <summary>Made-up results of cells.</summary>
internal static class Cells
{
    public static CellResult Result(string method, int seed, double harmful, double rate = 1e-3, int? divergedAt = null) => new()
    {
        Hash = "hash",
        Kind = CellKind.Result,
        Method = method,
        LearningRate = rate,
        Seed = seed,
        ChosenStep = 4,
        Score = harmful,
        DivergedAt = divergedAt,
        Steps = Steps(),
        Metrics =
        [
            Metric(MetricNames.HarmfulRate, harmful, isShare: true),
            Metric(MetricNames.OverRefusal, 0.05, isShare: true),
            Metric(MetricNames.OrdinaryNll, 3 + (harmful / 10), isShare: false),
            Metric(MetricNames.SampledHarmfulRate, Math.Min(1, harmful + 0.1), isShare: true),
            Metric(MetricNames.Toxicity, double.NaN, isShare: false, n: 0),
        ],
        TrainingSeconds = 12.34,
        EvaluationSeconds = 5.67,
    };

    public static CellResult Base() => Result("base", 0, 0.9) with { Kind = CellKind.Base, LearningRate = double.NaN, Score = double.NaN, Steps = [] };

    public static CellResult Tuning(string method, double rate, double score, int? divergedAt = null) =>
        Result(method, 0, score, rate, divergedAt) with { Kind = CellKind.Tuning, Metrics = [] };

    public static CellResult Successive(string method) => Result(method, 0, 0) with
    {
        Kind = CellKind.Successive,
        Metrics = [],
        Steps = [],
        Successive = [new(0, 0, 1, 1, 1, 3), new(1, 8, 0.5, 0.5, 1, 3.03), new(2, 8, 0.25, 0.75, 0.875, 2.97)],
    };

    public static IReadOnlyList<StepRecord> Steps() => [.. Example.Steps(6).Select(step => step with
    {
        GradientNorms = step.Losses.ToDictionary(loss => loss.Key == "UCE" ? "forget" : loss.Key, _ => Math.Pow(10, step.Step)),
    })];

    private static MetricResult Metric(string name, double value, bool isShare, int n = 40) => new()
    {
        Name = name,
        Description = name,
        HigherIsBetter = false,
        IsShare = isShare,
        Baseline = new Estimate(0.9, 0.8, 1, n),
        Candidate = new Estimate(value, value - 0.1, value + 0.1, n),
        Difference = new Estimate(value - 0.9, value - 1, value - 0.8, n),
    };
}
