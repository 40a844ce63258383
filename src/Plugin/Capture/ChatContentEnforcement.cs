using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using TextContent = Microsoft.SemanticKernel.TextContent;

namespace Unlearning.Plugin.Capture;

/// <summary>Applies the policies to a chat completion service's whole answers.</summary>
internal static class ChatContentEnforcement
{
    /// <summary>The key under which connectors say why an answer ended.</summary>
    private const string FinishReasonKey = "FinishReason";

    /// <summary>Makes the answer to an input that is refused.</summary>
    public static ChatMessageContent RefuseMessage(this CallEnforcement enforcement, EnforcementRuling ruling, string? modelId)
    {
        enforcement.Follow(ruling);
        return new ChatMessageContent(AuthorRole.Assistant, ruling.RefusalText, modelId, metadata: Marked(null, ruling));
    }

    /// <summary>Makes the stream's answer to an input that is refused.</summary>
    public static StreamingChatMessageContent RefusePiece(this CallEnforcement enforcement, EnforcementRuling ruling, string? modelId)
    {
        enforcement.Follow(ruling);
        return new StreamingChatMessageContent(AuthorRole.Assistant, ruling.RefusalText, modelId: modelId, metadata: Marked(null, ruling));
    }

    /// <summary>Judges the choices of an answer, each on its own.</summary>
    /// <returns>The choices, with refusals in the place of those that matched and marks on those that are warned of.</returns>
    public static IReadOnlyList<ChatMessageContent> Apply(this CallEnforcement enforcement, IReadOnlyList<ChatMessageContent> choices) =>
        [.. choices.Select(choice => Apply(enforcement, choice))];

    /// <summary>Copies metadata and adds a ruling's marks, and the reason for a refusal's end.</summary>
    public static Dictionary<string, object?> Marked(IReadOnlyDictionary<string, object?>? metadata, EnforcementRuling ruling)
    {
        Dictionary<string, object?> marked = ruling.Refuses ? WithoutReason(metadata) : new(metadata ?? new Dictionary<string, object?>());
        ruling.Mark(marked);
        if (ruling.Refuses)
        {
            marked[FinishReasonKey] = ChatFinishReason.ContentFilter.Value;
        }

        return marked;
    }

    /// <summary>Copies metadata without the reason of the original's end, and without the tokens listed with their probabilities.</summary>
    public static Dictionary<string, object?> WithoutReason(IReadOnlyDictionary<string, object?>? metadata) =>
        new((metadata ?? new Dictionary<string, object?>())
            .Where(entry => entry.Key != FinishReasonKey && !entry.Key.Contains("LogProb", StringComparison.OrdinalIgnoreCase)));

    private static ChatMessageContent Apply(CallEnforcement enforcement, ChatMessageContent choice)
    {
        EnforcementRuling? ruling = enforcement.Judge(CapturedText.Of(choice));
        if (CapturedText.OfReasoning(choice) is { Length: > 0 } reasoning)
        {
            ruling = EnforcementRuling.Stricter(ruling, enforcement.Judge(reasoning));
        }

        if (ruling is null)
        {
            return choice;
        }

        enforcement.Follow(ruling);
        if (ruling.Refuses)
        {
            return new ChatMessageContent(
                choice.Role,
                [new TextContent(ruling.RefusalText), .. choice.Items.Where(item => !CapturedText.IsText(item))],
                choice.ModelId,
                metadata: Marked(choice.Metadata, ruling));
        }

        choice.Metadata = Marked(choice.Metadata, ruling);
        return choice;
    }
}
