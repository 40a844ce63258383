using System.Text.Json;
using Unlearning.Engine.Weights;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Audit;

/// <summary>
/// The head, beside the audit: without it nobody would see entries cut off at the end. It is written after the entries, so a crash in
/// between leaves it behind, never ahead.
/// </summary>
internal static class AuditHeadFile
{
    /// <summary>Writes the head, whole or not at all.</summary>
    public static void Write(DataFolder data, AuditHead head) =>
        AtomicFile.Write(data.AuditHead, stream => JsonSerializer.Serialize(stream, head, JsonSerializerOptions.Web));

    /// <summary>The head as it was noted; null when there is none.</summary>
    /// <exception cref="JsonException">The file is damaged.</exception>
    public static AuditHead? Read(DataFolder data) =>
        File.Exists(data.AuditHead) ? JsonSerializer.Deserialize<AuditHead>(File.ReadAllBytes(data.AuditHead), JsonSerializerOptions.Web) : null;
}
