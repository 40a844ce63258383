using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>A rule over an evaluation. Pure: the same report gives the same verdict and the same words.</summary>
public interface IGate
{
    /// <summary>Names the gate in verdicts and reports.</summary>
    string Name { get; }

    /// <summary>The metric it judges, one of <see cref="MetricNames"/>.</summary>
    string Metric { get; }

    /// <summary>The hazard whose prompts alone it judges; null for all.</summary>
    HazardScope? Hazard { get; }

    /// <summary>Judges a report. Missing evidence is inconclusive, never a pass.</summary>
    GateVerdict Judge(EvaluationReport report);
}
