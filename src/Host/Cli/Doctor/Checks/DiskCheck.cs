using Unlearning.Engine.Weights;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Runs.Limits;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether a run has room on the disk, by the estimate that a run itself is refused by.</summary>
internal sealed class DiskCheck(Installation installation) : ICheck
{
    private const long Plenty = 10;

    /// <inheritdoc/>
    public string Name => "disk";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        int margin = installation.Settings<RunOptions>(RunOptions.SectionName).DiskMarginMb;
        long needed = DiskNeed.WithMargin(Needed(), margin);
        string folder = installation.Folders.Data;
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        long free = new DriveSpace().FreeBytes(folder);
        string what = $"{free >> 20} MiB are free where the data folder is; a run takes about {needed >> 20} MiB, of which {margin} stay free.";
        const string Fix = "Make room there, or set Unlearning:DataDirectory to a folder on another disk.";
        return Task.FromResult(free < needed ? Finding.Problem(what, Fix) : free < Plenty * needed ? Finding.Warning(what, Fix) : Finding.Ok(what));
    }

    private long Needed()
    {
        using ICheckpoint checkpoint = Checkpoint.Open(installation.Model);
        return DiskNeed.Of(
            checkpoint.Config,
            installation.Settings<RecipeOptions>(RecipeOptions.SectionName).Rank,
            installation.Settings<EvaluationOptions>(EvaluationOptions.SectionName).Requantise.Count > 0);
    }
}
