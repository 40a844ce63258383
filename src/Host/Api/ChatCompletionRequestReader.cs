using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Unlearning.Host.Api;

/// <summary>Reads OpenAI's chat completion requests. Fields it does not know are ignored, as clients send many.</summary>
internal sealed class ChatCompletionRequestReader(ApiOptions limits, string modelName)
{
    private const int MaximumStops = 4;

    /// <summary>Reads and checks a request's body.</summary>
    /// <exception cref="ApiException">The request is wrong; the message names the field and the fix.</exception>
    public ChatCompletionRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "The body must be a JSON object.");
        }

        if (Find(body, "model") is { } model && Text(model, "model") is { } asked && asked != modelName)
        {
            throw new ApiException(
                StatusCodes.Status404NotFound,
                $"That model is not served here. Ask for '{modelName}', or leave the model out.",
                "model",
                "model_not_found");
        }

        if (Integer(body, "n", 1, int.MaxValue) is > 1)
        {
            throw ApiException.Invalid("n", "Only one answer per request is supported: leave n out or set it to 1.", "unsupported_value");
        }

        ChatOptions options = new()
        {
            MaxOutputTokens =
                (int?)(Integer(body, "max_completion_tokens", 1, int.MaxValue) ?? Integer(body, "max_tokens", 1, int.MaxValue)),
            Temperature = Number(body, "temperature", 0, 2),
            TopP = Number(body, "top_p", 0, 1),
            Seed = Integer(body, "seed", long.MinValue, long.MaxValue),
            StopSequences = Stops(body),
        };
        if (options.TopP == 0)
        {
            throw ApiException.Invalid("top_p", "top_p must be above 0 and at most 1. For the likeliest answer set temperature to 0.");
        }

        return new ChatCompletionRequest(
            Messages(body),
            options,
            Flag(body, "stream", "stream"),
            Find(body, "stream_options") is { ValueKind: JsonValueKind.Object } stream
                && Flag(stream, "include_usage", "stream_options.include_usage"),
            Subject(body));
    }

    private static JsonElement? Find(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Text(JsonElement value, string parameter) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw ApiException.Invalid(parameter, $"{parameter} must be a string.");

    private static bool Flag(JsonElement parent, string name, string parameter) =>
        Find(parent, name)?.ValueKind switch
        {
            null or JsonValueKind.False => false,
            JsonValueKind.True => true,
            _ => throw ApiException.Invalid(parameter, $"{parameter} must be true or false."),
        };

    private static long? Integer(JsonElement parent, string name, long minimum, long maximum) =>
        Find(parent, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= minimum && number <= maximum ? number
        : throw ApiException.Invalid(name, $"{name} must be a whole number from {minimum} to {maximum}.");

    private static float? Number(JsonElement parent, string name, float minimum, float maximum) =>
        Find(parent, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && number >= minimum && number <= maximum ? number
        : throw ApiException.Invalid(name, $"{name} must be a number from {minimum} to {maximum}.");

    private static string[]? Stops(JsonElement body)
    {
        if (Find(body, "stop") is not { } stop)
        {
            return null;
        }

        string[] stops = stop.ValueKind == JsonValueKind.Array
            ? [.. stop.EnumerateArray().Select((element, i) => Text(element, $"stop[{i}]"))]
            : [Text(stop, "stop")];
        return stops.Length <= MaximumStops && stops.All(text => text.Length > 0)
            ? stops
            : throw ApiException.Invalid("stop", $"stop must be a string or up to {MaximumStops} strings, none of them empty.");
    }

    // OpenAI renamed "user"; either names the person behind the request.
    private static string? Subject(JsonElement body) =>
        Find(body, "safety_identifier") is { } identifier ? Text(identifier, "safety_identifier")
        : Find(body, "user") is { } user ? Text(user, "user")
        : null;

    private List<ChatMessage> Messages(JsonElement body)
    {
        if (Find(body, "messages") is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() == 0)
        {
            throw ApiException.Invalid("messages", "messages must be an array with at least one message.");
        }

        if (array.GetArrayLength() > limits.MaximumMessages)
        {
            throw ApiException.Invalid(
                "messages", $"At most {limits.MaximumMessages} messages are taken. Leave older ones out.", "too_many_messages");
        }

        List<ChatMessage> messages = new(array.GetArrayLength());
        int characters = 0;
        foreach (JsonElement element in array.EnumerateArray())
        {
            ChatMessage message = Message(element, $"messages[{messages.Count}]");
            characters += message.Text.Length;
            if (characters > limits.MaximumCharacters)
            {
                throw ApiException.Invalid(
                    "messages",
                    $"The messages have more than {limits.MaximumCharacters} characters. Shorten the conversation.",
                    "context_length_exceeded");
            }

            messages.Add(message);
        }

        return messages;
    }

    private static ChatMessage Message(JsonElement element, string parameter)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw ApiException.Invalid(parameter, $"{parameter} must be an object with role and content.");
        }

        ChatRole role = (Find(element, "role") is { } name ? Text(name, $"{parameter}.role") : null) switch
        {
            "system" or "developer" => ChatRole.System,
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            _ => throw ApiException.Invalid(
                $"{parameter}.role", $"{parameter}.role must be system, developer, user or assistant.", "unsupported_value"),
        };
        return new ChatMessage(role, Content(element, role, $"{parameter}.content"));
    }

    private static string Content(JsonElement message, ChatRole role, string parameter)
    {
        switch (Find(message, "content"))
        {
            case { ValueKind: JsonValueKind.String } text:
                return text.GetString()!;
            case { ValueKind: JsonValueKind.Array } parts:
                return string.Concat(parts.EnumerateArray().Select((part, i) => Part(part, $"{parameter}[{i}]")));
            case null when role == ChatRole.Assistant:
                return string.Empty;
            default:
                throw ApiException.Invalid(parameter, $"{parameter} must be a string or an array of text parts.");
        }
    }

    private static string Part(JsonElement part, string parameter)
    {
        if (part.ValueKind != JsonValueKind.Object || Find(part, "type") is not { } type)
        {
            throw ApiException.Invalid(parameter, $"{parameter} must be an object with a type.");
        }

        return Text(type, $"{parameter}.type") == "text" && Find(part, "text") is { } text
            ? Text(text, $"{parameter}.text")
            : throw ApiException.Invalid($"{parameter}.type", "Only text parts are supported.", "unsupported_value");
    }
}
