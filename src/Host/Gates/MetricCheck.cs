using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>Whether a gate's metric is measured.</summary>
internal static class MetricCheck
{
    /// <summary>How a metric that is not measured is switched on; null when it is measured.</summary>
    public static string? HowToMeasure(MetricDefinition metric, EvaluationOptions measured) =>
        metric.Option is not { } option || measured.IsOn(option, metric.OptionEntry) ? null
        : metric.OptionEntry is { } entry ? $"Add '{entry}' to {EvaluationOptions.SectionName}:{option}."
        : $"Switch {EvaluationOptions.SectionName}:{option} on.";
}
