namespace Unlearning.Host.Releases.Serving;

/// <summary>Whether the slot serves and, if not, why and what to do.</summary>
public sealed class ServingState
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Snapshot _snapshot = new(ServingStatus.Loading, "The live release is loading. Try again shortly.");

    /// <summary>Where serving stands.</summary>
    public ServingStatus Status => _snapshot.Status;

    /// <summary>The status in words; for a blocked slot, what is wrong and what to do.</summary>
    public string Description => _snapshot.Description;

    /// <summary>Completes once the start has ended, with a serving or a blocked slot.</summary>
    public Task WaitUntilSettledAsync(CancellationToken cancellationToken) => _settled.Task.WaitAsync(cancellationToken);

    internal void SetServing(string releaseId) => Settle(new Snapshot(ServingStatus.Serving, $"Release {releaseId} is serving."));

    internal void SetBlocked(string description) => Settle(new Snapshot(ServingStatus.Blocked, description));

    private void Settle(Snapshot snapshot)
    {
        _snapshot = snapshot;
        _settled.TrySetResult();
    }

    private sealed record Snapshot(ServingStatus Status, string Description);
}
