using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Serving;

/// <summary>Where the live release serves: a chat client whose model can be swapped while calls are running.</summary>
/// <remarks>
/// Thread safe and lock free. A call leases the release that is live when it starts (a stream: when its enumeration starts) and
/// ends on it, however long it takes; the client of a release that was swapped out is disposed when its last lease has ended.
/// </remarks>
public sealed class ModelSlot : IChatClient
{
    /// <summary>The key under which every response and update carries the id of the release that served it.</summary>
    public const string ReleaseKey = "unlearning.release";

    private ModelGeneration? _live;

    /// <summary>Creates a slot that serves <paramref name="first"/>.</summary>
    /// <param name="first">The client of the first release; the slot owns it from now on.</param>
    /// <param name="releaseId">The release's id.</param>
    public ModelSlot(IChatClient first, string releaseId)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentException.ThrowIfNullOrEmpty(releaseId);
        _live = new ModelGeneration(first, releaseId);
    }

    /// <summary>Gets the id of the release that new calls are served by.</summary>
    /// <exception cref="ObjectDisposedException">The slot is disposed.</exception>
    public string ReleaseId => Live.ReleaseId;

    private ModelGeneration Live
    {
        get
        {
            ModelGeneration? live = Volatile.Read(ref _live);
            ObjectDisposedException.ThrowIf(live is null, this);
            return live;
        }
    }

    /// <summary>Makes <paramref name="next"/> serve all calls that start from now on.</summary>
    /// <param name="next">The client of the next release, which the slot owns from now on; never one it has owned before.</param>
    /// <param name="releaseId">The next release's id.</param>
    /// <returns>
    /// A task that ends when the calls of the release before have ended and its client is disposed. The swap itself is done when
    /// this method returns: not awaiting the task changes nothing but when the caller learns of the drain.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="next"/> is the client that serves already.</exception>
    /// <exception cref="ObjectDisposedException">The slot is disposed; <paramref name="next"/> remains the caller's.</exception>
    public Task Swap(IChatClient next, string releaseId)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentException.ThrowIfNullOrEmpty(releaseId);
        ModelGeneration successor = new(next, releaseId);
        while (true)
        {
            ModelGeneration live = Live;
            if (ReferenceEquals(live.Client, next))
            {
                throw new ArgumentException("This client serves already; swapping it for itself would dispose it.", nameof(next));
            }

            if (Interlocked.CompareExchange(ref _live, successor, live) == live)
            {
                live.Release();
                return live.Drained;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ModelGeneration leased = Lease();
        try
        {
            ChatResponse response = await leased.Client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            (response.AdditionalProperties ??= [])[ReleaseKey] = leased.ReleaseId;
            return response;
        }
        finally
        {
            leased.Release();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ModelGeneration leased = Lease();
        try
        {
            IAsyncEnumerable<ChatResponseUpdate> updates = leased.Client.GetStreamingResponseAsync(messages, options, cancellationToken);
            await foreach (ChatResponseUpdate update in updates.ConfigureAwait(false))
            {
                (update.AdditionalProperties ??= [])[ReleaseKey] = leased.ReleaseId;
                yield return update;
            }
        }
        finally
        {
            leased.Release();
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : Live.Client.GetService(serviceType, serviceKey);
    }

    /// <summary>Takes no new calls; the live client is disposed when the calls that run on it have ended.</summary>
    public void Dispose() => Interlocked.Exchange(ref _live, null)?.Release();

    private ModelGeneration Lease()
    {
        while (true)
        {
            // A generation that refuses was swapped out between the read and the lease: the slot already holds its successor.
            ModelGeneration live = Live;
            if (live.TryLease())
            {
                return live;
            }
        }
    }
}
