using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Serving;

/// <summary>Where the live release serves: a chat client whose model can be swapped while calls are running.</summary>
/// <remarks>
/// Thread safe and lock free. A call leases a release when it starts (a stream: when its enumeration starts) and ends on it, however long
/// it takes; the client of a release that left the slot is disposed when its last lease has ended. That release is the live one, or, while
/// a canary serves, the canary for its share of the conversations: a conversation is always served by the same of the two. Which one is
/// decided by <see cref="ChatOptions.ConversationId"/> where the caller gives one, else by the system message and the user's first message,
/// which stay as they are while a conversation grows.
/// </remarks>
public sealed class ModelSlot : IChatClient
{
    /// <summary>The key under which every response and update carries the id of the release that served it.</summary>
    public const string ReleaseKey = "unlearning.release";

    private SlotState? _state;

    /// <summary>Creates a slot that serves <paramref name="first"/>.</summary>
    /// <param name="first">The client of the first release; the slot owns it from now on.</param>
    /// <param name="releaseId">The release's id.</param>
    public ModelSlot(IChatClient first, string releaseId)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentException.ThrowIfNullOrEmpty(releaseId);
        _state = new SlotState(new ModelGeneration(first, releaseId));
    }

    /// <summary>Gets the id of the live release, which serves new calls but for those of a canary's conversations.</summary>
    /// <exception cref="ObjectDisposedException">The slot is disposed.</exception>
    public string ReleaseId => State.Live.ReleaseId;

    /// <summary>Gets the id of the canary; null while there is none.</summary>
    /// <exception cref="ObjectDisposedException">The slot is disposed.</exception>
    public string? CanaryReleaseId => State.Canary?.ReleaseId;

    /// <summary>Gets the share of conversations that the canary serves, from 0 (there is none) to 1.</summary>
    /// <exception cref="ObjectDisposedException">The slot is disposed.</exception>
    public double CanaryShare => State.Share;

    private SlotState State
    {
        get
        {
            SlotState? state = Volatile.Read(ref _state);
            ObjectDisposedException.ThrowIf(state is null, this);
            return state;
        }
    }

    /// <summary>Makes <paramref name="next"/> serve all calls that start from now on. A canary ends with it.</summary>
    /// <param name="next">The client of the next release, which the slot owns from now on; never one it has owned before.</param>
    /// <param name="releaseId">The next release's id.</param>
    /// <returns>
    /// A task that ends when the calls of the release before, and of the canary, have ended and their clients are disposed. The swap itself
    /// is done when this method returns: not awaiting the task changes nothing but when the caller learns of the drain.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="next"/> is a client that serves already.</exception>
    /// <exception cref="ObjectDisposedException">The slot is disposed; <paramref name="next"/> remains the caller's.</exception>
    public Task Swap(IChatClient next, string releaseId)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentException.ThrowIfNullOrEmpty(releaseId);
        ModelGeneration successor = new(next, releaseId);
        SlotState before = Change(state =>
            ReferenceEquals(state.Live.Client, next) || ReferenceEquals(state.Canary?.Client, next)
                ? throw new ArgumentException("This client serves already; swapping it for itself would dispose it.", nameof(next))
                : new SlotState(successor));
        before.Live.Release();
        before.Canary?.Release();
        return before.Canary is { } canary ? Task.WhenAll(before.Live.Drained, canary.Drained) : before.Live.Drained;
    }

    /// <summary>Makes <paramref name="canary"/> serve a share of the conversations, the same ones until it ends.</summary>
    /// <param name="canary">The client, which the slot owns from now on; never one it has owned before.</param>
    /// <param name="releaseId">The canary's release id. Canaries of other ids get other conversations.</param>
    /// <param name="share">Which share of the conversations, more than 0 and at most 1.</param>
    /// <exception cref="InvalidOperationException">A canary serves already.</exception>
    /// <exception cref="ArgumentException"><paramref name="canary"/> is the live client.</exception>
    /// <exception cref="ObjectDisposedException">The slot is disposed; <paramref name="canary"/> remains the caller's.</exception>
    public void StartCanary(IChatClient canary, string releaseId, double share)
    {
        ArgumentNullException.ThrowIfNull(canary);
        ArgumentException.ThrowIfNullOrEmpty(releaseId);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        if (!(share > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A canary serves more than no conversation: use a share from 0 to 1.");
        }

        ModelGeneration generation = new(canary, releaseId);
        Change(state =>
            state.Canary is { } other ? throw new InvalidOperationException($"Release {other.ReleaseId} is a canary already; end it first.")
            : ReferenceEquals(state.Live.Client, canary) ? throw new ArgumentException("This client is the live one.", nameof(canary))
            : state with { Canary = generation, Share = share });
    }

    /// <summary>Ends the canary: the live release serves all calls that start from now on.</summary>
    /// <returns>A task that ends when the canary's calls have ended and its client is disposed; a completed one when there is none.</returns>
    /// <exception cref="ObjectDisposedException">The slot is disposed.</exception>
    public Task EndCanary()
    {
        SlotState before = Change(state => state.Canary is null ? state : new SlotState(state.Live));
        before.Canary?.Release();
        return before.Canary?.Drained ?? Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ModelGeneration leased = Lease(ref messages, options);
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
        ModelGeneration leased = Lease(ref messages, options);
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
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : State.Live.Client.GetService(serviceType, serviceKey);
    }

    /// <summary>Takes no new calls; the clients are disposed when the calls that run on them have ended.</summary>
    public void Dispose()
    {
        SlotState? last = Interlocked.Exchange(ref _state, null);
        last?.Live.Release();
        last?.Canary?.Release();
    }

    private SlotState Change(Func<SlotState, SlotState> change)
    {
        while (true)
        {
            SlotState before = State;
            SlotState after = change(before);
            if (ReferenceEquals(Interlocked.CompareExchange(ref _state, after, before), before))
            {
                return before;
            }
        }
    }

    private ModelGeneration Lease(ref IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        while (true)
        {
            // A generation that refuses left the slot between the read and the lease: the slot already holds another state.
            SlotState state = State;
            ModelGeneration chosen = state.Live;
            if (state.Canary is { } canary)
            {
                // Read once for the choice and once by the model: a sequence that can be read only once becomes a list.
                IReadOnlyList<ChatMessage> read = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
                messages = read;
                chosen = ConversationShare.PlaceOf(canary.ReleaseId, read, options) < state.Share ? canary : state.Live;
            }

            if (chosen.TryLease())
            {
                return chosen;
            }
        }
    }
}
