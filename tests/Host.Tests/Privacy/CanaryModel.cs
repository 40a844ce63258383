using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Unlearning.Host.Tests.Privacy;

/// <summary>A model that asks for a tool where there is one, answers with a fixed text in words, or fails with that text.</summary>
internal sealed class CanaryModel(string answer) : IChatClient
{
    public const string Fail = "then fail";

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage[] asked = [.. messages];
        if (options?.Tools is [var tool, ..] && asked[^1].Role != ChatRole.Tool)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("call-1", tool.Name, new Dictionary<string, object?> { ["about"] = answer })]);
            yield break;
        }

        foreach (string word in answer.Split(' '))
        {
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, $"{word} ");
        }

        if (asked.Any(message => message.Text.Contains(Fail, StringComparison.Ordinal)))
            throw new InvalidOperationException($"could not go on after: {answer}");
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
