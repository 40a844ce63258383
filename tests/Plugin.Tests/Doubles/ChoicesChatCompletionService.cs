using System.Runtime.CompilerServices;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>A connector's own service that answers with several choices, their words streamed in turns, each choice in two parts.</summary>
internal sealed class ChoicesChatCompletionService(params string[] choices) : IChatCompletionService
{
    public IReadOnlyDictionary<string, object?> Attributes { get; } = new Dictionary<string, object?>();

    public Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<ChatMessageContent>>([.. choices.Select(choice => new ChatMessageContent(
            AuthorRole.Assistant,
            [new TextContent(choice[..4]), new TextContent(choice[4..]), new FunctionCallContent("now", "clock", "call-1")],
            metadata: new Dictionary<string, object?> { ["Usage"] = 7 }))]);

    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        string[][] words = [.. choices.Select(choice => choice.Split(' '))];
        for (int i = 0; i < words.Max(of => of.Length); i++)
        {
            for (int choice = 0; choice < words.Length; choice++)
            {
                if (i < words[choice].Length)
                {
                    StreamingChatMessageContent piece = new(
                        AuthorRole.Assistant, null, choiceIndex: choice, metadata: new Dictionary<string, object?> { ["Usage"] = 7 });
                    piece.Items.Add(new StreamingTextContent(i == 0 ? "" : " ", choice));
                    piece.Items.Add(new StreamingTextContent(words[choice][i], choice));
                    yield return piece;
                }
            }
        }
    }
}
