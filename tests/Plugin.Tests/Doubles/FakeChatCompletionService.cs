using System.Runtime.CompilerServices;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>A connector's own service, which answers with fixed words.</summary>
internal sealed class FakeChatCompletionService(string answer) : IChatCompletionService, IDisposable
{
    public bool IsDisposed { get; private set; }

    public int Calls { get; private set; }

    public string ToolResult { get; init; } = "a tool's result";

    public IReadOnlyDictionary<string, object?> Attributes { get; } =
        new Dictionary<string, object?> { [AIServiceExtensions.ModelIdKey] = "fake-model" };

    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        Calls++;
        await Task.Yield();
        // As connectors do when they run tools: the caller's history grows during the call.
        chatHistory.AddMessage(AuthorRole.Tool, ToolResult);
        return [new ChatMessageContent(AuthorRole.Assistant, answer, "fake-model")];
    }

    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Calls++;
        chatHistory.AddMessage(AuthorRole.Tool, ToolResult);
        string[] words = answer.Split(' ');
        for (int i = 0; i < words.Length; i++)
        {
            await Task.Yield();
            yield return new StreamingChatMessageContent(AuthorRole.Assistant, i == 0 ? words[i] : $" {words[i]}", modelId: "fake-model");
        }
    }

    public void Dispose() => IsDisposed = true;
}
