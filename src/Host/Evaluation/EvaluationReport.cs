namespace Unlearning.Host.Evaluation;

/// <summary>
/// What an evaluation found, fit to be stored: it names prompts by id and answers by hash, and holds no text of either.
/// </summary>
public sealed record EvaluationReport
{
    /// <summary>The metrics, in the order in which a reader wants them.</summary>
    public required IReadOnlyList<MetricResult> Metrics { get; init; }

    /// <summary>The metric of that name, or null when it was not measured.</summary>
    public MetricResult? Find(string name) => Metrics.FirstOrDefault(metric => metric.Name == name);
}
