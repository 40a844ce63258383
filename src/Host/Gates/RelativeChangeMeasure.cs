using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>Candidate minus baseline as a fraction of the baseline's value, which is taken as given: it divides the change and its
/// interval.</summary>
internal sealed class RelativeChangeMeasure : IMeasure
{
    /// <inheritdoc/>
    public string WhyNone => "has a baseline of 0, of which a relative change means nothing.";

    /// <inheritdoc/>
    public GateReading? Read(MetricResult metric)
    {
        if (metric.Baseline.Value == 0)
        {
            return null;
        }

        double scale = 1.0 / Math.Abs(metric.Baseline.Value);
        Estimate change = metric.Difference;
        return GateReading.OfChange(
            MetricUnit.OfShare, metric, new Estimate(change.Value * scale, change.Low * scale, change.High * scale, change.N));
    }
}
