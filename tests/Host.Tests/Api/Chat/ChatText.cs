using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unlearning.Host.Tests.Api.Chat;

/// <summary>What is sent to the chat endpoint, and what comes back.</summary>
internal static class ChatText
{
    /// <summary>The shortest request.</summary>
    public const string Hello = """{"model":"fake-135m","messages":[{"role":"user","content":"Hi"}]}""";

    private static readonly JsonSerializerOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON without spaces, and with letters as they are.</summary>
    public static string Compact(JsonNode node) => node.ToJsonString(_readable);

    /// <summary>Whether a line that was logged is a warning or worse.</summary>
    public static bool IsWarning(string line) => line.Split(' ')[0] is "Warning" or "Error" or "Critical";

    /// <summary>The chunks of a stream, without its end mark.</summary>
    public static JsonNode[] Chunks(string body) =>
    [
        .. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line["data: ".Length..]).Where(data => data != "[DONE]").Select(data => JsonNode.Parse(data)!),
    ];
}
