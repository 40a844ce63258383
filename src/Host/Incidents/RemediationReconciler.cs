using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;

namespace Unlearning.Host.Incidents;

/// <summary>
/// Keeps the incidents true to the live release. The journal is written first and without the database, so after every change of the live
/// release, and once at start for what was missed, incidents that a promoted release was trained to forget are remediated, and those that
/// the live release was not trained to forget are opened again. While the database does not answer it tries again every minute.
/// </summary>
public sealed partial class RemediationReconciler(
    IncidentStore incidents,
    ReleaseStore releases,
    LiveReleaseJournal journal,
    IBaseModel baseModel,
    ServingState serving,
    TimeProvider time,
    ILogger<RemediationReconciler> logger) : BackgroundService, IReleaseFollower
{
    // A locked database must not keep whoever rolled back waiting: the model is rolled back already.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3), _retry = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _behind = new(0), _one = new(1, 1);

    /// <summary>Brings the incidents in line with the live release, one such work at a time. Idempotent.</summary>
    /// <returns>How many incidents are open again.</returns>
    public async Task<int> ReconcileAsync(CancellationToken cancellationToken = default)
    {
        // The journal is read inside: what was read before another's work ended may be out of date, and would undo it.
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await BringInLineAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public async Task FollowAsync(JournalEntry change, CancellationToken cancellationToken)
    {
        if (change.Action is not (JournalAction.Promoted or JournalAction.RolledBack))
        {
            return;
        }

        try
        {
            // The database's driver blocks while it waits for a lock.
            await Task.Run(() => ReconcileAsync(cancellationToken), cancellationToken)
                .WaitAsync(_patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _behind.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _behind.Dispose();
        _one.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await serving.WaitUntilSettledAsync(stoppingToken).ConfigureAwait(false);
            while (true)
            {
                while (serving.Status == ServingStatus.Serving && !await TryAsync(stoppingToken).ConfigureAwait(false))
                {
                    await Task.Delay(_retry, time, stoppingToken).ConfigureAwait(false);
                }

                await _behind.WaitAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task<int> BringInLineAsync(CancellationToken cancellationToken)
    {
        JournalHistory history = journal.Read();
        IReadOnlyList<string> lineage = releases.Lineage(history.Current);
        string hash = await baseModel.GetHashAsync(cancellationToken).ConfigureAwait(false);

        // After a rollback nothing is remediated by the release it came back to: what recurred on that one must stay open.
        if (history.Last is { Action: JournalAction.Promoted } promoted
            && (promoted.RunId ?? releases.FindManifest(history.Current)?.RunId) is { } run)
        {
            await incidents.MarkRunRemediatedAsync(run, history.Current, cancellationToken).ConfigureAwait(false);
        }

        int reopened = await incidents.ReopenAsync(hash, lineage, cancellationToken).ConfigureAwait(false);
        if (reopened > 0)
        {
            LogReopened(reopened, lineage[0]);
        }

        return reopened;
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReconcileAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A database that is down must not take the serving model with it; readiness reports it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure);
            return false;
        }
    }

    [LoggerMessage(
        EventId = 2003,
        EventName = "IncidentsReopened",
        Level = LogLevel.Information,
        Message = "{Count} incident(s) are open again: live release {ReleaseId} was not trained to forget them.")]
    private partial void LogReopened(int count, string releaseId);

    [LoggerMessage(
        EventId = 2004,
        EventName = "ReconcileFailed",
        Level = LogLevel.Error,
        Message = "Incidents could not be reconciled with the live release.")]
    private partial void LogFailed(Exception failure);
}
