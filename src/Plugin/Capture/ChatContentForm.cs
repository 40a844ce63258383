using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Unlearning.Plugin.Capture;

/// <summary>The stream of a chat completion service, whose pieces name the choice they belong to.</summary>
internal sealed class ChatContentForm : IStreamForm<StreamingChatMessageContent>
{
    public static ChatContentForm Instance { get; } = new();

    public int ChoiceOf(StreamingChatMessageContent piece) => piece.ChoiceIndex;

    public string TextOf(StreamingChatMessageContent piece) => CapturedText.Of(piece);

    public string ReasoningOf(StreamingChatMessageContent piece) => CapturedText.OfReasoning(piece);

    public StreamingChatMessageContent Refusal(StreamingChatMessageContent like, EnforcementRuling ruling, bool afterText) =>
        Like(like, ChatContentEnforcement.WithoutReason(like.Metadata), afterText ? $"\n\n{ruling.RefusalText}" : ruling.RefusalText);

    public StreamingChatMessageContent? WithoutText(StreamingChatMessageContent piece)
    {
        StreamingKernelContent[] others = [.. piece.Items.Where(item => !CapturedText.IsText(item))];
        if (others.Length == 0)
        {
            return null;
        }

        StreamingChatMessageContent rest = Like(piece, ChatContentEnforcement.WithoutReason(piece.Metadata));
        foreach (StreamingKernelContent other in others)
        {
            rest.Items.Add(other);
        }

        return rest;
    }

    public StreamingChatMessageContent Ending(StreamingChatMessageContent like, EnforcementRuling ruling) =>
        Like(like, ChatContentEnforcement.Marked(like.Metadata, ruling));

    private static StreamingChatMessageContent Like(
        StreamingChatMessageContent piece, IReadOnlyDictionary<string, object?>? metadata, string? text = null) =>
        new(piece.Role ?? AuthorRole.Assistant, text, choiceIndex: piece.ChoiceIndex, modelId: piece.ModelId, metadata: metadata);
}
