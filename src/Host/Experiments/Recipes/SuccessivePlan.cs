namespace Unlearning.Host.Experiments.Recipes;

/// <summary>Several runs in a row, each from the adapter of the one before and on incidents of its own.</summary>
/// <param name="Runs">How many, at least 1.</param>
/// <param name="Incidents">Answers that each forgets, at least 1.</param>
internal sealed record SuccessivePlan(int Runs, int Incidents);
