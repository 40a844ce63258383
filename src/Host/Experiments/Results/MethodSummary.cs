using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Recipes;

namespace Unlearning.Host.Experiments.Results;

/// <summary>A method over its seeds.</summary>
/// <param name="Name">The method.</param>
/// <param name="Description">What it is.</param>
/// <param name="LearningRate">The rate that its trainings had; NaN for the base.</param>
/// <param name="Seeds">How many seeds are done.</param>
/// <param name="Diverged">How many of them diverged.</param>
/// <param name="TrainingSeconds">Mean time of a training.</param>
/// <param name="Metrics">The metrics by name.</param>
/// <param name="Tuning">Validation scores of the rates that were tried.</param>
internal sealed record MethodSummary(
    string Name,
    string Description,
    double LearningRate,
    int Seeds,
    int Diverged,
    double TrainingSeconds,
    IReadOnlyDictionary<string, MetricSummary> Metrics,
    IReadOnlyList<TunedRate> Tuning)
{
    /// <summary>The base and every method of which a cell is done, in the order of the cells.</summary>
    /// <param name="results">The cells.</param>
    /// <param name="recipe">Has the methods' descriptions; null leaves them empty.</param>
    public static IReadOnlyList<MethodSummary> Of(IReadOnlyList<CellResult> results, ExperimentRecipe? recipe = null) =>
    [
        .. results.GroupBy(result => result.Method).Select(method =>
        {
            CellResult[] seeds = [.. method.Where(result => result.Kind is CellKind.Base or CellKind.Result)];
            return new MethodSummary(
                method.Key,
                method.Key == ExperimentMethod.Base
                    ? "the model as it was"
                    : recipe?.Methods.FirstOrDefault(known => known.Name == method.Key)?.Description ?? "",
                seeds.Length > 0 ? seeds[0].LearningRate : double.NaN,
                seeds.Length,
                seeds.Count(result => result.DivergedAt is not null),
                seeds.Select(result => result.TrainingSeconds).DefaultIfEmpty(double.NaN).Average(),
                seeds.SelectMany(result => result.Metrics).Select(metric => metric.Name).Distinct()
                    .ToDictionary(name => name, name => MetricSummary.Of(seeds.Select(result => result.Find(name)?.Candidate.Value ?? double.NaN))),
                [.. method.Where(result => result.Kind == CellKind.Tuning)
                    .Select(result => new TunedRate(result.LearningRate, result.Score, result.DivergedAt))]);
        }),
    ];
}
