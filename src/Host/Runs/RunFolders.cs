using Microsoft.Extensions.Options;
using Unlearning.Host.Runs.Limits;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Runs;

/// <summary>
/// The folders of the runs under <c>runs/</c>. A run that is under way has one; one that ended without going live keeps it for a retry,
/// for a while.
/// </summary>
public sealed class RunFolders(DataFolder data, IOptions<RunOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _sweep = new(1, 1);

    private string Root => Path.Combine(data.Path, "runs");

    /// <summary>Whether the run has a folder.</summary>
    public bool Exists(string runId) => Directory.Exists(Path.Combine(Root, runId));

    /// <summary>Deletes a run's folder, if it has one.</summary>
    public void Delete(string runId)
    {
        string folder = Path.Combine(Root, runId);
        if (!Directory.Exists(folder))
            return;

        // Renamed first, so that what is left of an interrupted deletion is no run's.
        string debris = Path.Combine(Root, $"{DurableFile.StagingPrefix}{Guid.NewGuid():N}");
        Directory.Move(folder, debris);
        Directory.Delete(debris, recursive: true);
    }

    /// <summary>Deletes what belongs to no run, and of the runs that are over all but those kept for a retry.</summary>
    public Task SweepAsync(RunStore runs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return WithoutSweepAsync(
            async () =>
            {
                await SweepNowAsync(runs, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Does something during which nothing is swept: a folder may then be there before its run is on record.</summary>
    public async Task<T> WithoutSweepAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        await _sweep.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _sweep.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sweep.Dispose();

    private async Task SweepNowAsync(RunStore runs, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Root))
            return;
        DateTimeOffset tooOld = time.GetUtcNow().AddDays(-options.Value.KeptDays);
        int kept = 0;
        foreach (string folder in Directory.GetDirectories(Root).OrderDescending(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder);
            if (name.StartsWith(DurableFile.StagingPrefix, StringComparison.Ordinal))
            {
                Directory.Delete(folder, recursive: true);
                continue;
            }

            RunRecord? run = await runs.FindAsync(name, cancellationToken).ConfigureAwait(false);
            if (run is { IsActive: true })
                continue;
            bool keep = run is { State: RunState.Failed or RunState.Completed } && run.FinishedAt > tooOld && kept < options.Value.KeptFolders;
            if (keep)
                kept++;
            else
                Delete(name);
        }
    }

    /// <summary>Opens a run's folder; makes it when there is none.</summary>
    internal RunFolder Open(string runId) => new(Directory.CreateDirectory(Path.Combine(Root, runId)).FullName);

    /// <summary>Gives a new run what another's stages before <paramref name="stage"/> have left: all of it or nothing.</summary>
    internal void TakeOver(string from, string to, RunStage stage)
    {
        string staging = Directory.CreateDirectory(Path.Combine(Root, $"{DurableFile.StagingPrefix}{Guid.NewGuid():N}")).FullName;
        Open(from).CopyBefore(stage, staging);
        DurableFile.FlushTree(staging);
        Directory.Move(staging, Path.Combine(Root, to));
        DurableFile.FlushDirectory(Root);
    }
}
