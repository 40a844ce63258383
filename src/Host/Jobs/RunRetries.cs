using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Stages;

namespace Unlearning.Host.Jobs;

/// <summary>Gives a new run what a run that is over has left, where that still holds.</summary>
public sealed class RunRetries(RunStore runs, RunFolders folders, LiveReleaseJournal journal, IBaseModel baseModel, Privacy.TextProtector protector)
{
    /// <summary>Checks and copies.</summary>
    /// <param name="runId">The run that is over.</param>
    /// <param name="newRunId">The run to be.</param>
    /// <param name="from">The first stage that is done again.</param>
    /// <param name="cancellationToken">Cancels before the copy.</param>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    /// <exception cref="RunException">It cannot be repeated from there.</exception>
    public async Task PrepareAsync(string runId, string newRunId, RunStage from, CancellationToken cancellationToken = default)
    {
        RunRecord run = await runs.FindAsync(runId, cancellationToken).ConfigureAwait(false)
            ?? throw new ArgumentException($"There is no run '{runId}'. List the runs to find the right one.", nameof(runId));
        if (from is < RunStage.Select or > RunStage.Promote)
            throw new RunException($"No run begins with stage {RunWord.Of(from)}", "Retry from select, unlearn, evaluate, gate, approve or promote");
        if (run.IsActive)
            throw new RunException($"Run {runId} is {RunWord.Of(run.State)}", "Wait for its end or cancel it, then retry");
        if (PromoteStage.WasPromoted(journal.Read(), runId))
            throw new RunException($"Run {runId} went live; there is nothing to retry", "Start another run");
        if (from == RunStage.Select)
            return;
        if (!folders.Exists(runId))
        {
            throw new RunException(
                $"What run {runId} made is gone: it was cancelled or made nothing, or others have ended since",
                $"Start another run; {Runs.Limits.RunOptions.SectionName}:{nameof(Runs.Limits.RunOptions.KeptFolders)} says how many are kept");
        }

        RunFolder folder = folders.Open(runId);
        if (!RunSetsFile.Exists(folder.Path))
            throw new RunException($"What run {runId} was trained on was erased", "Start another run");
        if (folder.MissingBefore(from).ToArray() is [var missing, ..])
            throw new RunException($"Run {runId} has not finished stage {RunWord.Of(missing)}, which comes before {RunWord.Of(from)}", $"Retry it from {RunWord.Of(missing)}");
        await CheckBaseAsync(runId, folder, cancellationToken).ConfigureAwait(false);
        folders.TakeOver(runId, newRunId, from);
    }

    private async Task CheckBaseAsync(string runId, RunFolder folder, CancellationToken cancellationToken)
    {
        string hash = await baseModel.GetHashAsync(cancellationToken).ConfigureAwait(false);
        if (folder.Read<Selection>(RunFolder.Selection) is { } selection && selection.BaseModelHash != hash)
        {
            throw new RunException(
                $"Run {runId} was of the base model with SHA-256 {selection.BaseModelHash}, and {hash} is loaded now", "Start another run");
        }

        string live = journal.Read().Current, parent = RunSetsFile.Read(folder.Path, protector).Parent;
        if (live != parent)
            throw new RunException($"Run {runId} started from release {parent}, and {live} is live now", "Start another run");
    }
}
