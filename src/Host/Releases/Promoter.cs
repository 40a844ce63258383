using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Releases;

/// <summary>
/// Decides what serves. A change is verified, loaded, written to the journal and only then swapped in, so that a crash at any instant
/// leaves either the old release live or the new one, and a restart serves what the journal says. The release before the live one stays
/// in memory: a rollback loads nothing.
/// </summary>
public sealed partial class Promoter(
    ReleaseStore releases,
    LiveReleaseJournal journal,
    IReleaseLoader loader,
    IBaseModel baseModel,
    ModelSlot slot,
    ServingState state,
    TimeProvider time,
    ServiceMetrics metrics,
    ILogger<Promoter> logger) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private LoadedRelease? _live;
    private LoadedRelease? _previous;

    /// <summary>Makes a release live. Promoting the live release again changes nothing.</summary>
    /// <param name="releaseId">A saved release whose gates passed.</param>
    /// <param name="reason">Why, for the journal.</param>
    /// <param name="runId">The run that made it.</param>
    /// <param name="cancellationToken">Cancels until the journal is written; not after.</param>
    /// <returns>The journal's entry for it.</returns>
    /// <exception cref="ReleaseException">The release is not what it was, did not pass, or is of another base model.</exception>
    public async Task<JournalEntry> PromoteAsync(
        string releaseId, string reason, string? runId = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            JournalHistory history = journal.Read();
            if (history.Last is { } live && live.ReleaseId == releaseId && slot.ReleaseId == releaseId)
            {
                return live;
            }

            LoadedRelease next = await LoadAsync(releaseId, expectedHash: null, cancellationToken).ConfigureAwait(false);
            if (history.Last is { } last && last.ReleaseId == releaseId)
            {
                // Journalled as live but not serving: a blocked start whose cause is gone.
                Swap(next);
                return last;
            }

            return Commit(next, JournalAction.Promoted, reason, runId);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Withdraws the live release for the one before it. Called twice, it goes back twice.</summary>
    /// <param name="reason">Why, for the journal.</param>
    /// <param name="cancellationToken">Cancels until the journal is written; not after.</param>
    /// <returns>The journal's entry for it.</returns>
    /// <exception cref="InvalidOperationException">The base model is live: there is nothing before it.</exception>
    /// <exception cref="ReleaseException">The release before cannot serve.</exception>
    public async Task<JournalEntry> RollbackAsync(string reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            JournalHistory history = journal.Read();
            IReadOnlyList<string> path = history.RollbackPath();
            if (path.Count < 2)
            {
                throw new InvalidOperationException("The base model is live; there is no release to go back to.");
            }

            string target = path[^2];
            LoadedRelease next = _previous?.Id == target
                ? _previous
                : await LoadAsync(target, HashOf(history, target), cancellationToken).ConfigureAwait(false);
            return Commit(next, JournalAction.RolledBack, reason, runId: null);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Serves what the journal says was live, at start. When that cannot be, nothing serves, and <see cref="ServingState"/> says why and
    /// what to do.
    /// </summary>
    public async Task RestoreAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            releases.SweepStaging();
            JournalHistory history = journal.Read();
            if (history.DamagedLines > 0)
            {
                LogDamagedJournal(journal.Path, history.DamagedLines);
            }

            LoadedRelease live = await LoadAsync(history.Current, history.Last?.ContentHash, cancellationToken).ConfigureAwait(false);
            Swap(live);
            LogRestored(live.Id);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever keeps the model from loading, the service must stay up to say so.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogBlocked(failure);
            state.SetBlocked(failure.Message);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _live?.Dispose();
        _previous?.Dispose();
        _gate.Dispose();
    }

    private static string? HashOf(JournalHistory history, string releaseId) =>
        history.Entries.LastOrDefault(entry => entry.ReleaseId == releaseId)?.ContentHash;

    private async Task<LoadedRelease> LoadAsync(string releaseId, string? expectedHash, CancellationToken cancellationToken)
    {
        if (releaseId == Release.BaseId)
        {
            return new LoadedRelease(releaseId, null, await loader.LoadAsync(releaseId, null, cancellationToken).ConfigureAwait(false));
        }

        Release release = releases.Verify(releaseId, expectedHash);
        if (release.Manifest.Verdict != "pass")
        {
            throw new ReleaseException(
                $"release {releaseId}", $"its gates say '{release.Manifest.Verdict}'", "Only a release that passed may serve");
        }

        string hash = await baseModel.GetHashAsync(cancellationToken).ConfigureAwait(false);
        if (hash != release.Manifest.BaseModelHash)
        {
            throw new ReleaseException(
                $"release {releaseId}",
                $"it was trained on base model {release.Manifest.BaseModel} with SHA-256 {release.Manifest.BaseModelHash}, but the "
                + $"configured one ({baseModel.Name}) has {hash}",
                $"Put that base model back, or move '{journal.Path}' away to start again from the configured model alone, with nothing "
                + "forgotten");
        }

        return new LoadedRelease(
            releaseId, release.ContentHash, await loader.LoadAsync(releaseId, release.Folder, cancellationToken).ConfigureAwait(false));
    }

    private JournalEntry Commit(LoadedRelease next, JournalAction action, string reason, string? runId)
    {
        JournalEntry entry;
        try
        {
            entry = journal.Append(history => new JournalEntry
            {
                Sequence = (history.Last?.Sequence ?? 0) + 1,
                At = time.GetUtcNow(),
                Action = action,
                ReleaseId = next.Id,
                ContentHash = next.ContentHash,
                PreviousReleaseId = history.Current,
                Reason = reason,
                RunId = runId,
            });
        }
        catch when (next != _previous)
        {
            next.Dispose();
            throw;
        }

        Swap(next);
        metrics.Swapped(action == JournalAction.Promoted ? "promoted" : "rolled_back");
        LogChanged(next.Id, entry.PreviousReleaseId, action, runId);
        return entry;
    }

    private void Swap(LoadedRelease next)
    {
        Task drained = slot.Swap(next.Lease(), next.Id);
        _live?.Withdrawn(drained);
        LoadedRelease? retired = _previous == next ? null : _previous;
        (_previous, _live) = (_live, next);
        state.SetServing(next.Id);
        if (retired is not null)
        {
            _ = RetireAsync(retired);
        }
    }

    private async Task RetireAsync(LoadedRelease release)
    {
        try
        {
            await release.RetireAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nothing waits for this; a model that cannot be freed is worth a line, not a crash.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogRetireFailed(release.Id, failure);
        }
    }

    [LoggerMessage(
        EventId = 3001,
        EventName = "ReleaseRestored",
        Level = LogLevel.Information,
        Message = "Release {ReleaseId} is serving, as before the restart.")]
    private partial void LogRestored(string releaseId);

    [LoggerMessage(
        EventId = 3005,
        EventName = "ReleaseChanged",
        Level = LogLevel.Information,
        Message = "Release {ReleaseId} is serving in place of {PreviousReleaseId} ({Action}, run {RunId}).")]
    private partial void LogChanged(string releaseId, string previousReleaseId, JournalAction action, string? runId);

    [LoggerMessage(
        EventId = 3002,
        EventName = "ServingBlocked",
        Level = LogLevel.Critical,
        Message = "The live release cannot serve; nothing does.")]
    private partial void LogBlocked(Exception failure);

    [LoggerMessage(
        EventId = 3003,
        EventName = "JournalDamaged",
        Level = LogLevel.Warning,
        Message = "{Journal} holds {Lines} line(s) that are no entry, as a write cut short leaves behind. The last valid entry counts.")]
    private partial void LogDamagedJournal(string journal, int lines);

    [LoggerMessage(
        EventId = 3004,
        EventName = "RetireFailed",
        Level = LogLevel.Warning,
        Message = "Release {ReleaseId} could not be freed.")]
    private partial void LogRetireFailed(string releaseId, Exception failure);
}
