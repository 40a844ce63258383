namespace Unlearning.Host.Experiments.Cells;

/// <summary>The rule by which every method's learning rate is chosen.</summary>
internal static class TuningRule
{
    /// <summary>
    /// The rate with the least score on the validation split; of equal ones the smallest. A training that diverged is taken only where
    /// every one did.
    /// </summary>
    /// <param name="tried">At least one training of a method.</param>
    public static double Choose(IEnumerable<CellResult> tried) => tried
        .OrderBy(result => result.DivergedAt is not null)
        .ThenBy(result => double.IsNaN(result.Score) ? double.PositiveInfinity : result.Score)
        .ThenBy(result => result.LearningRate)
        .First().LearningRate;
}
