using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Capture;

/// <summary>The stream of a chat client, which has one choice.</summary>
internal sealed class ChatUpdateForm : IStreamForm<ChatResponseUpdate>
{
    public static ChatUpdateForm Instance { get; } = new();

    public int ChoiceOf(ChatResponseUpdate piece) => 0;

    public string TextOf(ChatResponseUpdate piece) => piece.Text;

    public string ReasoningOf(ChatResponseUpdate piece) => CapturedText.OfReasoning(piece.Contents);

    public ChatResponseUpdate Refusal(ChatResponseUpdate like, EnforcementRuling ruling, bool afterText)
    {
        ChatResponseUpdate refusal = Like(like);
        refusal.Role = ChatRole.Assistant;
        refusal.Contents = [new TextContent(afterText ? $"\n\n{ruling.RefusalText}" : ruling.RefusalText)];
        return refusal;
    }

    public ChatResponseUpdate? WithoutText(ChatResponseUpdate piece)
    {
        AIContent[] others = [.. piece.Contents.Where(content => !CapturedText.IsText(content))];
        if (others.Length == 0)
        {
            return null;
        }

        ChatResponseUpdate rest = Like(piece);
        rest.Contents = others;
        return rest;
    }

    public ChatResponseUpdate Ending(ChatResponseUpdate like, EnforcementRuling ruling)
    {
        ChatResponseUpdate ending = Like(like);
        ending.FinishReason = ruling.Refuses ? ChatFinishReason.ContentFilter : null;
        ruling.Mark(ending.AdditionalProperties ??= []);
        return ending;
    }

    // The original's raw representation and continuation token stay behind: either could bring the text back.
    private static ChatResponseUpdate Like(ChatResponseUpdate piece) => new()
    {
        Role = piece.Role,
        AuthorName = piece.AuthorName,
        ResponseId = piece.ResponseId,
        MessageId = piece.MessageId,
        ConversationId = piece.ConversationId,
        CreatedAt = piece.CreatedAt,
        ModelId = piece.ModelId,
        AdditionalProperties = piece.AdditionalProperties?.Clone(),
    };
}
