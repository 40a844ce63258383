using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Runs;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether a run has room on the disk.</summary>
internal sealed class DiskCheck(Installation installation) : ICheck
{
    // An adapter's number, and what the optimiser keeps of it, twice, as a checkpoint replaces the one before only when it is whole;
    // then the release. Beside it sets, report and plots.
    private const long BytesOfNumber = sizeof(float), Copies = (2 * 3) + 1, Beside = 64L << 20, Plenty = 10;

    /// <inheritdoc/>
    public string Name => "disk";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        long needed = Needed();
        string folder = installation.Folders.Data;
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        long free = new DriveInfo(folder).AvailableFreeSpace;
        string what = $"{free >> 20} MiB are free where the data folder is; a run takes about {needed >> 20} MiB.";
        const string Fix = "Make room there, or set Unlearning:DataDirectory to a folder on another disk.";
        return Task.FromResult(free < needed ? Finding.Problem(what, Fix) : free < Plenty * needed ? Finding.Warning(what, Fix) : Finding.Ok(what));
    }

    private long Needed()
    {
        using ICheckpoint checkpoint = Checkpoint.Open(installation.Model);
        int rank = installation.Settings<RecipeOptions>(RecipeOptions.SectionName).Rank;
        long numbers = checkpoint.Config.LayerCount * ModuleNames.LinearModules.Sum(module =>
        {
            (long rows, long columns) = ModuleNames.Shape(checkpoint.Config, module);
            return rank * (rows + columns);
        });
        long rounded = installation.Settings<EvaluationOptions>(EvaluationOptions.SectionName).Requantise.Count == 0 ? 0
            : 2 * checkpoint.TensorNames.Sum(name => checkpoint.Stored(name).Shape.Aggregate(1L, (size, side) => size * side));
        return (numbers * BytesOfNumber * Copies) + rounded + Beside;
    }
}
