using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Unlearning.Plugin.Capture;

namespace Unlearning.Host.Tests.Api;

/// <summary>A chat client that notes what it is asked and answers as the test says.</summary>
internal sealed class ScriptedChatClient : IChatClient
{
    public IReadOnlyList<ChatMessage> Messages { get; private set; } = [];

    public ChatOptions? Options { get; private set; }

    public string? Subject { get; private set; }

    public Func<ChatResponse> Respond { get; set; } = () => new ChatResponse(new ChatMessage(ChatRole.Assistant, "Hello."));

    public Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Stream { get; set; } = _ => Updates("Hel", "lo.");

    /// <summary>Updates with the given texts, then one with usage and the reason, all from release "r1".</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> Updates(params string[] texts)
    {
        foreach (string text in texts)
        {
            await Task.Yield();
            yield return Update(new TextContent(text));
        }

        UsageDetails usage = new() { InputTokenCount = 7, OutputTokenCount = 2, TotalTokenCount = 9 };
        ChatResponseUpdate last = Update(new UsageContent(usage));
        last.FinishReason = ChatFinishReason.Length;
        yield return last;
    }

    public static ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content])
    {
        AdditionalProperties = new AdditionalPropertiesDictionary { ["unlearning.release"] = "r1" },
    };

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Note(messages, options);
        return Task.FromResult(Respond());
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Note(messages, options);
        await foreach (ChatResponseUpdate update in Stream(cancellationToken).WithCancellation(cancellationToken))
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private void Note(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        Messages = [.. messages];
        Options = options;
        Subject = CaptureContext.Current?.Subject;
    }
}
