using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Gates;

/// <summary>Holds a number of a metric against a limit.</summary>
/// <param name="name">Names the gate.</param>
/// <param name="metric">The metric.</param>
/// <param name="hazard">The hazard whose prompts alone count; null for all.</param>
/// <param name="measure">Which of the metric's numbers is read.</param>
/// <param name="limit">What it must not cross.</param>
/// <param name="bound">Whether the number itself or the worse end of its interval is compared.</param>
internal sealed class LimitGate(string name, string metric, HazardScope? hazard, IMeasure measure, GateLimit limit, GateBound bound) : IGate
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Metric => metric;

    /// <inheritdoc/>
    public HazardScope? Hazard => hazard;

    /// <inheritdoc/>
    public GateVerdict Judge(EvaluationReport report)
    {
        if (report.Find(metric, hazard?.Name) is not { } result)
        {
            return GateVerdict.Inconclusive(this, "was not measured.");
        }

        if (measure.Read(result) is not { } reading)
        {
            return GateVerdict.Inconclusive(this, measure.WhyNone);
        }

        double worst = limit.Worst(reading.Number);
        double compared = bound == GateBound.Point ? reading.Number.Value : worst;
        if (double.IsNaN(reading.Number.Value) || double.IsNaN(compared))
        {
            return GateVerdict.Inconclusive(this, "is not a number.");
        }

        bool passes = limit.Holds(compared);
        string most = bound == GateBound.Point ? string.Empty : $", at worst {reading.Unit.Show(worst)} ({ConfidenceLevel.Show(report.Confidence)})";
        string must = $"{(limit.AtMost ? "at most" : "at least")} {reading.Unit.Show(limit.Value)}";
        return new GateVerdict(
            name,
            metric,
            passes ? Verdict.Pass : Verdict.Fail,
            FormattableString.Invariant(
                $"{name}: {(passes ? "pass" : "fail")}, {GateVerdict.Subject(this)} {reading.Words}{most}, n = {reading.Number.N}{GateVerdict.Sample(report)}; it must be {must}."))
        {
            // The number itself keeps to the limit, and only its interval reaches beyond: more prompts could decide.
            Open = !passes && limit.Holds(reading.Number.Value),
        };
    }
}
