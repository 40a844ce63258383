using Unlearning.Host.Evaluation;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Gates;

/// <summary>Whether a gate's metric exists and is measured.</summary>
internal static class MetricCheck
{
    /// <summary>The names of all metrics, in the order of a report.</summary>
    public static IEnumerable<string> Known => MetricDefinition.All.Select(metric => metric.Name);

    /// <summary>The metric of that name; null when there is none.</summary>
    public static MetricDefinition? Find(string? name) => MetricDefinition.All.FirstOrDefault(metric => metric.Name == name);

    /// <summary>What to write in place of a name that is no metric.</summary>
    public static string Suggestion(string name) => NearestWord.Of(name, Known) is { } nearest
        ? $"Did you mean '{nearest}'?"
        : $"Known are: {string.Join(", ", Known)}";

    /// <summary>How a metric that is not measured is switched on; null when it is measured.</summary>
    public static string? HowToMeasure(MetricDefinition metric, EvaluationOptions measured) =>
        metric.Option is not { } option || measured.IsOn(option, metric.OptionEntry) ? null
        : metric.OptionEntry is { } entry ? $"Add '{entry}' to {EvaluationOptions.SectionName}:{option}."
        : $"Switch {EvaluationOptions.SectionName}:{option} on.";
}
