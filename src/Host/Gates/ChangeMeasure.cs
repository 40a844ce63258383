using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>Candidate minus baseline, paired by prompt. Changes are signed: a fall is negative, whatever the gate asks.</summary>
internal sealed class ChangeMeasure : IMeasure
{
    /// <inheritdoc/>
    public string WhyNone => "has no change.";

    /// <inheritdoc/>
    public GateReading Read(MetricResult metric) => GateReading.OfChange(MetricUnit.OfChange(metric), metric, metric.Difference);
}
