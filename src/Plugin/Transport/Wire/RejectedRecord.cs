using System.Text.Json;

namespace Unlearning.Plugin.Transport.Wire;

/// <summary>One line of the file of rejected records.</summary>
/// <param name="At">When the Host refused it.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">The Host's reason.</param>
/// <param name="Id">The interaction's id; null when the record has none.</param>
/// <param name="Record">What was sent: a string, encrypted as the lines of the spool are; an object where an earlier version wrote it.</param>
internal sealed record RejectedRecord(DateTimeOffset At, int Status, string Detail, string? Id, JsonElement Record);
