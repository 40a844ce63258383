using System.Globalization;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>Applies gate rules to an evaluation report. Pure: the same report and rules give the same decision and the same words.</summary>
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
            return new GateVerdict(rule, Verdict.Inconclusive, $"{rule.Name}: {rule.Metric} was not measured.");
        }

        GateReading reading = GateReading.Of(metric, rule.Kind);
        if (reading.N < rule.MinimumSample)
        {
            return Inconclusive(rule, $"{rule.Metric} rests on {reading.N} prompts; the gate asks for at least {rule.MinimumSample}.");
        }

        double compared = rule.Bound == GateBound.Point ? reading.Point : reading.Conservative;
        if (double.IsNaN(reading.Point) || double.IsNaN(compared))
        {
            return Inconclusive(rule, $"{rule.Metric} is not a number.");
        }

        if (rule.Kind is GateKind.MaximumRelativeIncrease or GateKind.MaximumRelativeDecrease && !(Math.Abs(metric.Baseline.Value) > 0))
        {
            return Inconclusive(rule, $"{rule.Metric} has a baseline of 0; a relative change of it has no meaning.");
        }

        bool passes = reading.AtMost ? compared <= rule.Threshold : compared >= rule.Threshold;
        string limit = $"{(reading.AtMost ? "at most" : "at least")} {reading.Show(rule.Threshold)}";
        string numbers = rule.Bound == GateBound.Point
            ? reading.Show(reading.Point)
            : $"{reading.Show(reading.Point)}, and the data allow {reading.Show(reading.Conservative)}";
        string sentence = string.Create(
            CultureInfo.InvariantCulture,
            $"{rule.Name}: {(passes ? "passes" : "fails")}, {rule.Metric} {reading.What} {numbers} (95 %, n = {reading.N}); allowed is {limit}.");
        return new GateVerdict(rule, passes ? Verdict.Pass : Verdict.Fail, sentence);
    }

    private static GateVerdict Inconclusive(GateRule rule, string why) => new(rule, Verdict.Inconclusive, $"{rule.Name}: inconclusive, {why}");
}
