using Unlearning.Host.Releases;

namespace Unlearning.Host.Incidents;

/// <summary>
/// Keeps the incidents true to the live release. The journal is written first and without the database, so after a rollback, and once at
/// start for what was missed, incidents that the live release was not trained to forget are opened again.
/// </summary>
public sealed partial class RemediationReconciler(
    IncidentStore incidents,
    ReleaseStore releases,
    LiveReleaseJournal journal,
    IBaseModel baseModel,
    ServingState serving,
    ILogger<RemediationReconciler> logger) : BackgroundService
{
    /// <summary>Opens what the live release has not forgotten. Idempotent.</summary>
    /// <returns>How many incidents are open again.</returns>
    public async Task<int> ReconcileAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<string> lineage = releases.Lineage(journal.Read().Current);
        string hash = await baseModel.GetHashAsync(cancellationToken).ConfigureAwait(false);
        int reopened = await incidents.ReopenAsync(hash, lineage, cancellationToken).ConfigureAwait(false);
        if (reopened > 0)
        {
            LogReopened(reopened, lineage[0]);
        }

        return reopened;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await serving.WaitUntilSettledAsync(stoppingToken).ConfigureAwait(false);
            if (serving.Status == ServingStatus.Serving)
            {
                await ReconcileAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // A database that is down must not take the serving model with it; readiness reports it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure);
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
