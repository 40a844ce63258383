using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unlearning.Host.Tests.Api.Chat;

/// <summary>What is sent to the chat endpoint, and what comes back.</summary>
internal static class ChatText
{
    /// <summary>The shortest request.</summary>
    public const string Hello = """{"model":"fake-135m","messages":[{"role":"user","content":"Hi"}]}""";

    /// <summary>A policy that judges prompts, so that what is asked goes through capture.</summary>
    public const string Policy = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.0.0}
        spec:
          taxonomy: {canonical: "test:forbidden"}
          applies: {to: [prompt]}
          detect: {prompt: {any_of: [{name: forbidden, terms: [forbidden]}]}}
          severity: {default: 2}
          enforcement: {mode: observe}
          review: {}
          remediation: {enabled: true, refusal_text: I would rather not.}
        """;

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
