using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Experiments.Recipes;

/// <summary>One method of an experiment.</summary>
/// <param name="Name">Its name in files, tables and figures.</param>
/// <param name="Description">What it is, for the report; may be empty.</param>
/// <param name="LearningRates">The rates that are tried, at least one; with one nothing is tuned.</param>
/// <param name="Recipe">How it trains, with the first of the rates.</param>
internal sealed record ExperimentMethod(string Name, string Description, IReadOnlyList<double> LearningRates, RecipeOptions Recipe)
{
    /// <summary>The name under which the untrained model is always measured.</summary>
    public const string Base = "base";
}
