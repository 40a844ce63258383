using System.Text.Json.Serialization;

namespace Unlearning.Host.Evaluation;

/// <summary>One metric of baseline and candidate, measured on the same prompts.</summary>
public sealed record MetricResult
{
    /// <summary>The metric's name in reports, gates and policies, for example <c>harmful_rate</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The hazard whose prompts alone it was measured on, as taxonomy:name; null for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hazard { get; init; }

    /// <summary>One sentence: what is measured, on what, in which unit.</summary>
    public required string Description { get; init; }

    /// <summary>Which direction is an improvement.</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>Whether the metric is a share of prompts, shown in per cent and compared in points.</summary>
    public required bool IsShare { get; init; }

    /// <summary>The metric before the change.</summary>
    public required Estimate Baseline { get; init; }

    /// <summary>The metric after the change.</summary>
    public required Estimate Candidate { get; init; }

    /// <summary>Candidate minus baseline, paired by prompt: the interval is of the difference, not a difference of intervals.</summary>
    public required Estimate Difference { get; init; }
}
