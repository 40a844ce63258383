namespace Unlearning.Host.Experiments.Results;

/// <summary>A learning rate that was tried.</summary>
/// <param name="LearningRate">The rate.</param>
/// <param name="Score">Its score on the validation split, lower is better.</param>
/// <param name="DivergedAt">The step at which the training diverged; else null.</param>
internal sealed record TunedRate(double LearningRate, double Score, int? DivergedAt);
