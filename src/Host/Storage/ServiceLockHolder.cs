namespace Unlearning.Host.Storage;

/// <summary>Holds the data folder's lock from before anything of it is touched until the service is taken apart.</summary>
internal sealed class ServiceLockHolder(DataFolder folder) : IHostedLifecycleService, IDisposable
{
    private ServiceLock? _lock;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _lock = ServiceLock.Acquire(folder);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();
}
