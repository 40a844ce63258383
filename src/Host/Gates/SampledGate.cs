using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>Lets another gate judge only what rests on enough prompts.</summary>
/// <param name="gate">The gate that judges then.</param>
/// <param name="minimum">With fewer prompts than this it is inconclusive; at least 1.</param>
internal sealed class SampledGate(IGate gate, int minimum) : IGate
{
    /// <inheritdoc/>
    public string Name => gate.Name;

    /// <inheritdoc/>
    public string Metric => gate.Metric;

    /// <inheritdoc/>
    public HazardScope? Hazard => gate.Hazard;

    /// <inheritdoc/>
    public GateVerdict Judge(EvaluationReport report)
    {
        MetricResult? metric = report.Find(gate.Metric, gate.Hazard?.Name);
        int n = metric is null ? 0 : Math.Min(metric.Candidate.N, metric.Difference.N);
        return metric is null || n >= minimum
            ? gate.Judge(report)
            : GateVerdict.Inconclusive(
                this, FormattableString.Invariant($"rests on {n} prompts{GateVerdict.Sample(report)}; at least {minimum} are needed."))
                with
            { Open = true };
    }
}
