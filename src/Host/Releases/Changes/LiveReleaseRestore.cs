namespace Unlearning.Host.Releases.Changes;

/// <summary>Restores the live release while the rest of the service starts; readiness waits for it.</summary>
internal sealed class LiveReleaseRestore(Promoter promoter) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => promoter.RestoreAsync(stoppingToken);
}
