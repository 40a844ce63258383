using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>A model that streams exactly these updates, or answers with what they make.</summary>
internal sealed class PiecewiseChatClient(IReadOnlyList<ChatResponseUpdate> updates) : IChatClient
{
    public PiecewiseChatClient(IEnumerable<string> texts)
        : this([.. texts.Select(text => new ChatResponseUpdate(ChatRole.Assistant, text) { MessageId = "m1" })])
    {
    }

    /// <summary>Gets the number of updates the consumer has asked for.</summary>
    public int Asked { get; private set; }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (ChatResponseUpdate update in updates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Asked++;
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("fake", null, "fake-model")
        : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
