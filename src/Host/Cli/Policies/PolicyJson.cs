using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unlearning.Host.Cli.Policies;

/// <summary>How the policy verbs write JSON.</summary>
internal static class PolicyJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // For terminals and programs, never for web pages: quotes and letters stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a report.</summary>
    public static void Write<T>(TextWriter writer, T report) => writer.WriteLine(JsonSerializer.Serialize(report, Options));
}
