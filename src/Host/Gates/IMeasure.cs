using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>Which of a metric's numbers a gate reads: the candidate's own, or its change from the baseline.</summary>
internal interface IMeasure
{
    /// <summary>Reads the number.</summary>
    /// <param name="metric">The metric of baseline and candidate.</param>
    /// <returns>The number; or null where the metric has none of this kind, which <see cref="WhyNone"/> explains.</returns>
    GateReading? Read(MetricResult metric);

    /// <summary>Why <see cref="Read"/> may give nothing, as the rest of a sentence about the metric.</summary>
    string WhyNone { get; }
}
