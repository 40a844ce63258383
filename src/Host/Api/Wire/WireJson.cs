using System.Text.Encodings.Web;
using System.Text.Json;

namespace Unlearning.Host.Api.Wire;

/// <summary>How the API writes JSON: snake case, and text as it is, for the bodies are never part of a page.</summary>
internal static class WireJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
