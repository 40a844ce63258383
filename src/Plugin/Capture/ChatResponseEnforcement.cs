using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Capture;

/// <summary>Applies the policies to a chat client's whole responses.</summary>
internal static class ChatResponseEnforcement
{
    /// <summary>Makes the answer to an input that is refused.</summary>
    public static ChatResponse Refuse(this CallEnforcement enforcement, EnforcementRuling ruling, string? modelId)
    {
        enforcement.Follow(ruling);
        ChatMessage message = new(ChatRole.Assistant, ruling.RefusalText);
        ChatResponse response = new(message) { ModelId = modelId, FinishReason = ChatFinishReason.ContentFilter };
        Mark(response, ruling);
        return response;
    }

    /// <summary>Makes the stream's answer to an input that is refused.</summary>
    public static ChatResponseUpdate RefuseStream(this CallEnforcement enforcement, EnforcementRuling ruling, string? modelId) =>
        enforcement.Refuse(ruling, modelId).ToChatResponseUpdates()[0];

    /// <summary>Judges the messages of a response apart, then together.</summary>
    /// <returns>The response itself, marked if a policy warns; or a copy in which refusals stand in the place of what matched.</returns>
    public static ChatResponse Apply(this CallEnforcement enforcement, ChatResponse response)
    {
        EnforcementRuling?[] rulings = [.. response.Messages.Select(message => Judge(enforcement, message))];
        EnforcementRuling? strictest = rulings.Aggregate((EnforcementRuling?)null, EnforcementRuling.Stricter);
        if (strictest is not { Refuses: true } && response.Messages.Count != 1)
        {
            strictest = EnforcementRuling.Stricter(strictest, enforcement.Judge(response.Text));
            if (strictest is { Refuses: true })
            {
                Array.Fill(rulings, strictest);
            }
        }

        if (strictest is null)
        {
            return response;
        }

        enforcement.Follow(strictest);
        ChatResponse result = strictest.Refuses ? WithRefusals(response, rulings) : response;
        Mark(result, strictest);
        return result;
    }

    // Semantic Kernel's bridges hand on the properties of the last message, not those of the response.
    private static void Mark(ChatResponse response, EnforcementRuling ruling)
    {
        ruling.Mark(response.AdditionalProperties ??= []);
        if (response.Messages.Count > 0)
        {
            ruling.Mark(response.Messages[^1].AdditionalProperties ??= []);
        }
    }

    private static EnforcementRuling? Judge(CallEnforcement enforcement, ChatMessage message)
    {
        if (message.Role != ChatRole.Assistant)
        {
            return null;
        }

        EnforcementRuling? ruling = enforcement.Judge(message.Text);
        return CapturedText.OfReasoning(message.Contents) is { Length: > 0 } reasoning
            ? EnforcementRuling.Stricter(ruling, enforcement.Judge(reasoning))
            : ruling;
    }

    // A copy, because a cache further in may hold the original. Its raw representation stays behind: that has the text, too.
    private static ChatResponse WithRefusals(ChatResponse response, EnforcementRuling?[] rulings) =>
        new([.. response.Messages.Select((message, i) => rulings[i] is { Refuses: true } ruling ? Refused(message, ruling) : message)])
        {
            ResponseId = response.ResponseId,
            ConversationId = response.ConversationId,
            ModelId = response.ModelId,
            CreatedAt = response.CreatedAt,
            Usage = response.Usage,
            FinishReason = ChatFinishReason.ContentFilter,
            AdditionalProperties = response.AdditionalProperties?.Clone(),
        };

    private static ChatMessage Refused(ChatMessage message, EnforcementRuling ruling) => new(
        message.Role, [new TextContent(ruling.RefusalText), .. message.Contents.Where(content => !CapturedText.IsText(content))])
    {
        AuthorName = message.AuthorName,
        MessageId = message.MessageId,
        CreatedAt = message.CreatedAt,
        AdditionalProperties = message.AdditionalProperties?.Clone(),
    };
}
