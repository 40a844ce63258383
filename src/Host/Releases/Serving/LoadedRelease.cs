using Microsoft.Extensions.AI;

namespace Unlearning.Host.Releases.Serving;

/// <summary>
/// A release in memory. The slot disposes what it was given once the last call on it has ended, but a withdrawn release must stay warm:
/// so the slot gets a lease, and the release owns the client.
/// </summary>
internal sealed class LoadedRelease(string id, string? contentHash, IChatClient client) : IDisposable
{
    private Task _drained = Task.CompletedTask;

    /// <summary>The release.</summary>
    public string Id => id;

    /// <summary>Its content hash; null for the base model.</summary>
    public string? ContentHash => contentHash;

    /// <summary>A client for the slot to own.</summary>
    public IChatClient Lease() => new Leased(client);

    /// <summary>Notes that a lease left the slot; <paramref name="drained"/> ends with the last call on it.</summary>
    public void Withdrawn(Task drained) => _drained = Task.WhenAll(_drained, drained);

    /// <summary>Frees the model once the calls on it have ended.</summary>
    public async Task RetireAsync()
    {
        await _drained.ConfigureAwait(false);
        client.Dispose();
    }

    /// <summary>Frees the model at once.</summary>
    public void Dispose() => client.Dispose();

    private sealed class Leased(IChatClient inner) : DelegatingChatClient(inner)
    {
#pragma warning disable CA2215 // The base would dispose the client, which outlives its leases.
        protected override void Dispose(bool disposing)
#pragma warning restore CA2215
        {
        }
    }
}
