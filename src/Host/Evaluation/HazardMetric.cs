namespace Unlearning.Host.Evaluation;

/// <summary>A metric that is wanted for the prompts of one hazard, beside the metric of all.</summary>
/// <param name="Metric">The metric's name; one that is formed of prompts with hazards.</param>
/// <param name="Hazard">The hazard.</param>
public sealed record HazardMetric(string Metric, HazardScope Hazard);
