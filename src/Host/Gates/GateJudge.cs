using System.Globalization;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>Applies gate rules to an evaluation report. Pure: the same report and rules give the same decision and the same
/// words.</summary>
public static class GateJudge
{
    /// <summary>Applies all rules. Nothing measured, nothing configured or nothing certain never passes.</summary>
    public static GateDecision Judge(EvaluationReport report, IReadOnlyList<GateRule> rules)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(rules);
        GateVerdict[] verdicts = [.. rules.Select(rule => Judge(report.Find(rule.Metric), rule))];
        Verdict overall = verdicts.Any(gate => gate.Verdict == Verdict.Fail) ? Verdict.Fail
            : verdicts.Length > 0 && verdicts.All(gate => gate.Verdict == Verdict.Pass) ? Verdict.Pass
            : Verdict.Inconclusive;
        return new GateDecision(overall, verdicts);
    }

    private static GateVerdict Judge(MetricResult? metric, GateRule rule)
    {
        if (metric is null)
        {
            return Inconclusive(rule, "was not measured.");
        }

        GateReading reading = GateReading.Of(metric, rule);
        if (reading.N < rule.MinimumSample)
        {
            return Inconclusive(rule, $"rests on {reading.N} prompts; at least {rule.MinimumSample} are needed.");
        }

        double compared = rule.Bound == GateBound.Point ? reading.Point : reading.Worst;
        if (rule.Kind is GateKind.MaximumRelativeIncrease or GateKind.MaximumRelativeDecrease && metric.Baseline.Value == 0)
        {
            return Inconclusive(rule, "has a baseline of 0, of which a relative change means nothing.");
        }

        if (double.IsNaN(reading.Point) || double.IsNaN(compared))
        {
            return Inconclusive(rule, "is not a number.");
        }

        bool passes = reading.AtMost ? compared <= reading.Limit : compared >= reading.Limit;
        string worst = rule.Bound == GateBound.Point ? string.Empty : $", at worst {reading.Show(reading.Worst)} (95 %)";
        string limit = $"{(reading.AtMost ? "at most" : "at least")} {reading.Show(reading.Limit)}";
        string sentence = string.Create(
            CultureInfo.InvariantCulture,
            $"{rule.Name}: {(passes ? "pass" : "fail")}, {rule.Metric} {reading.Words}{worst}, n = {reading.N}; it must be {limit}.");
        return new GateVerdict(rule, passes ? Verdict.Pass : Verdict.Fail, sentence);
    }

    private static GateVerdict Inconclusive(GateRule rule, string why) =>
        new(rule, Verdict.Inconclusive, $"{rule.Name}: inconclusive, {rule.Metric} {why}");
}
