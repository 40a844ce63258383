using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using FunctionResultContent = Microsoft.Extensions.AI.FunctionResultContent;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace Unlearning.Plugin.Capture;

/// <summary>Finds the text in what people, models and tools say.</summary>
internal static class CapturedText
{
    /// <summary>Gets all text of a message, attached text files included.</summary>
    public static string Of(ChatMessage message) => message.Contents.Any(content => content is DataContent)
        ? string.Join('\n', [message.Text, .. message.Contents.OfType<DataContent>().Where(IsTextFile).Select(Read)])
        : message.Text;

    /// <summary>Gets all text of a chat completion service's message, of which <c>Content</c> is only the first part.</summary>
    public static string Of(ChatMessageContent message) =>
        string.Concat(message.Items.OfType<Microsoft.SemanticKernel.TextContent>().Select(part => part.Text));

    /// <inheritdoc cref="Of(ChatMessageContent)"/>
    public static string Of(StreamingChatMessageContent piece) =>
        string.Concat(piece.Items.OfType<StreamingTextContent>().Select(part => part.Text));

    /// <summary>Gets about how many characters an interaction keeps in memory; counted without putting any text together.</summary>
    public static long LengthOf(Interaction interaction)
    {
        long length = interaction.Prompt.Length + interaction.Answer.Length + interaction.ToolResults.Sum(result => (long)result.Length);
        foreach (ChatMessage message in interaction.Messages)
        {
            foreach (AIContent content in message.Contents)
            {
                length += content switch
                {
                    TextContent text => text.Text.Length,
                    DataContent data => data.Data.Length,
                    _ => 64,
                };
            }
        }

        return length;
    }

    /// <summary>Gets what a model says to itself.</summary>
    public static string OfReasoning(IEnumerable<AIContent> contents) =>
        string.Concat(contents.OfType<TextReasoningContent>().Select(content => content.Text));

#pragma warning disable SKEXP0110 // Marked as experimental; callers see it all the same.
    /// <inheritdoc cref="OfReasoning(IEnumerable{AIContent})"/>
    public static string OfReasoning(ChatMessageContent message) =>
        string.Concat(message.Items.OfType<ReasoningContent>().Select(part => part.Text));

    /// <inheritdoc cref="OfReasoning(IEnumerable{AIContent})"/>
    public static string OfReasoning(StreamingChatMessageContent piece) =>
        string.Concat(piece.Items.OfType<StreamingReasoningContent>().Select(part => part.Text));

    /// <inheritdoc cref="IsText(AIContent)"/>
    public static bool IsText(KernelContent content) => content is Microsoft.SemanticKernel.TextContent or ReasoningContent;

    /// <inheritdoc cref="IsText(AIContent)"/>
    public static bool IsText(StreamingKernelContent content) => content is StreamingTextContent or StreamingReasoningContent;
#pragma warning restore SKEXP0110

    /// <summary>Whether a refusal takes this content's place.</summary>
    public static bool IsText(AIContent content) => content is TextContent or TextReasoningContent;

    /// <summary>Gets what tools have said since the last user message, each result on its own.</summary>
    public static IReadOnlyList<string> OfToolResults(IReadOnlyList<ChatMessage> messages)
    {
        List<string> results = [];
        for (int i = messages.Count - 1; i >= 0 && messages[i].Role != ChatRole.User; i--)
        {
            results.AddRange(OfToolMessage(messages[i]));
        }

        results.Reverse();
        return results;
    }

    /// <summary>Gets a tool message's results.</summary>
    public static IEnumerable<string> OfToolMessage(ChatMessage message)
    {
        IEnumerable<string> results = message.Contents.OfType<FunctionResultContent>().Select(content => OfResult(content.Result));
        return (message.Role == ChatRole.Tool ? results.Append(message.Text) : results).Where(text => text.Length > 0);
    }

    // A model reads a result as JSON; its strings are judged without the escapes, which would hide the words next to them.
    private static string OfResult(object? result)
    {
        switch (result)
        {
            case null:
                return "";
            case string text:
                return text;
            case AIContent content:
                return content is TextContent part ? part.Text : "";
            case IEnumerable<AIContent> contents:
                return string.Concat(contents.OfType<TextContent>().Select(part => part.Text));
            case ChatMessageContent message:
                return Of(message);
            case FunctionResult function:
                return OfResult(function.GetValue<object>());
        }

#pragma warning disable CA1031 // A result may be any object, and its getters may throw anything; the model could not read it either.
        try
        {
            StringBuilder text = new();
            AppendStrings(
                result is JsonElement json ? json : JsonSerializer.SerializeToElement(result, AIJsonUtilities.DefaultOptions), text);
            return text.ToString();
        }
        catch (Exception)
        {
            return "";
        }
#pragma warning restore CA1031
    }

    private static void AppendStrings(JsonElement json, StringBuilder text)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    AppendStrings(property.Value, text);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in json.EnumerateArray())
                {
                    AppendStrings(item, text);
                }

                break;
            case JsonValueKind.String:
                text.Append(text.Length > 0 ? "\n" : "").Append(json.GetString());
                break;
        }
    }

    private static bool IsTextFile(DataContent content) => content.HasTopLevelMediaType("text");

    private static string Read(DataContent content) => Encoding.UTF8.GetString(content.Data.Span);
}
