using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Serving;

/// <summary>One client in the slot's life, with the count of calls that still lean on it.</summary>
/// <remarks>The slot itself holds the first lease; the client is disposed by whoever gives back the last one.</remarks>
internal sealed class ModelGeneration(IChatClient client, string releaseId)
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _leases = 1;

    public IChatClient Client => client;

    public string ReleaseId => releaseId;

    /// <summary>Gets a task that ends when the last lease has ended and the client is disposed; it fails if the disposal does.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Takes a lease, unless the last one has already ended.</summary>
    /// <returns>False when this generation is drained; the slot then holds a newer one.</returns>
    public bool TryLease()
    {
        int leases = Volatile.Read(ref _leases);
        while (leases != 0)
        {
            int seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases)
            {
                return true;
            }

            leases = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) != 0)
        {
            return;
        }

        try
        {
            client.Dispose();
            _drained.SetResult();
        }
#pragma warning disable CA1031 // The last lease may be some caller's answer, which a failing disposal must not spoil.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _drained.SetException(failure);
        }
    }
}
