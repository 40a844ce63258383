using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>A model that answers with fixed words, one update each, and remembers what it was asked.</summary>
internal sealed class FakeChatClient(string answer, string modelId = "fake-model") : IChatClient
{
    private int _disposed;

    /// <summary>The tool the model asks for before it answers, if any.</summary>
    public string? CallsTool { get; init; }

    public Dictionary<string, object?> ToolArguments { get; init; } = [];

    /// <summary>What happens before each word.</summary>
    public Func<int, Task> BeforeWord { get; init; } = _ => Task.CompletedTask;

    public bool IsDisposed => Volatile.Read(ref _disposed) > 0;

    public int Disposals => Volatile.Read(ref _disposed);

    public List<IReadOnlyList<ChatMessage>> Requests { get; } = [];

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage[] asked = [.. messages];
        lock (Requests)
        {
            Requests.Add(asked);
        }

        if (CallsTool is not null && options?.Tools is { Count: > 0 } && asked[^1].Role != ChatRole.Tool)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("call-1", CallsTool, ToolArguments)])
            {
                ModelId = modelId,
                FinishReason = ChatFinishReason.ToolCalls,
            };
            yield break;
        }

        string[] words = answer.Split(' ');
        for (int i = 0; i < words.Length; i++)
        {
            await Task.Yield();
            await BeforeWord(i);
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            yield return new ChatResponseUpdate(ChatRole.Assistant, i == 0 ? words[i] : $" {words[i]}") { ModelId = modelId };
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("fake", null, modelId)
        : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() => Interlocked.Increment(ref _disposed);
}
