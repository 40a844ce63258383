using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>The candidate's own value.</summary>
internal sealed class LevelMeasure : IMeasure
{
    /// <inheritdoc/>
    public string WhyNone => "has no value.";

    /// <inheritdoc/>
    public GateReading Read(MetricResult metric)
    {
        MetricUnit unit = MetricUnit.OfLevel(metric);
        return new GateReading(unit, $"is {unit.Show(metric.Candidate.Value)}", metric.Candidate);
    }
}
