using Unlearning.Host.Runs.Progress;

namespace Unlearning.Host.Experiments.Cells;

/// <summary>Computes cells.</summary>
internal interface ICellRunner
{
    /// <summary>Computes one.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="report">Gets its progress.</param>
    /// <param name="cancellationToken">Stops between steps and between batches of answers.</param>
    Task<CellResult> RunAsync(Cell cell, Action<RunProgress> report, CancellationToken cancellationToken);
}
