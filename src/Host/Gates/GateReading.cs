using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>The number of a metric as one gate reads it.</summary>
/// <param name="Unit">How it is written.</param>
/// <param name="Words">What was measured, in words: "is 12.0 %", or "went from 70.0 % to 40.0 %, a change of -30.0 points".</param>
/// <param name="Number">The number with its interval, in the metric's own unit.</param>
internal sealed record GateReading(MetricUnit Unit, string Words, Estimate Number)
{
    /// <summary>Reads a change.</summary>
    public static GateReading OfChange(MetricUnit unit, MetricResult metric, Estimate change)
    {
        MetricUnit level = MetricUnit.OfLevel(metric);
        string before = level.Show(metric.Baseline.Value), after = level.Show(metric.Candidate.Value);
        return new GateReading(unit, $"went from {before} to {after}, a change of {unit.Show(change.Value)}", change);
    }
}
