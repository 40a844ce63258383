using Microsoft.Extensions.AI;

namespace Unlearning.Host.Releases.Serving;

/// <summary>What the slot holds until the live release is loaded: refuses every call with the reason.</summary>
internal sealed class UnavailableChatClient(ServingState state) : IChatClient
{
    /// <summary>The release id the slot shows meanwhile.</summary>
    public const string ReleaseId = "none";

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromException<ChatResponse>(new ModelUnavailableException(state.Description));

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new ModelUnavailableException(state.Description);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
