namespace Unlearning.Host.Releases.Changes;

/// <summary>
/// Restores the live release while the rest of the service starts; readiness waits for it. Then it keeps the way back warm: after a restart
/// and after a rollback, too, the next rollback loads nothing.
/// </summary>
internal sealed class LiveReleaseRestore(Promoter promoter, WayBack back, ReleaseChanges changes) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await promoter.RestoreAsync(stoppingToken).ConfigureAwait(false);
        do
        {
            await back.WarmAsync(stoppingToken).ConfigureAwait(false);
        }
        while (await changes.Made.ReadAsync(stoppingToken).ConfigureAwait(false));
    }
}
