using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unlearning.Host.Cli.Terminal;

/// <summary>How verbs write JSON.</summary>
internal static class TerminalJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,

        // As over HTTP: a number would say nothing, and another with the next version.
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },

        // For terminals and programs, never for web pages: quotes and letters stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a result.</summary>
    public static void Write(TextWriter writer, object result) => writer.WriteLine(JsonSerializer.Serialize(result, Options));
}
