using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Unlearning.Host.Audit;

/// <summary>An entry as its line: <c>{"hash":"…","entry":{…}}</c>, where the hash is SHA-256 of the entry's bytes.</summary>
internal static class AuditLine
{
    private const string Start = "{\"hash\":\"", Middle = "\",\"entry\":", End = "}";

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    /// <summary>Writes an entry.</summary>
    /// <returns>The line without its end, and the entry's hash.</returns>
    public static (string Line, string Hash) Write(AuditEntry entry)
    {
        string json = JsonSerializer.Serialize(entry, _json);
        string hash = HashOf(json);
        return ($"{Start}{hash}{Middle}{json}{End}", hash);
    }

    /// <summary>Reads a line, of which every character must be as <see cref="Write"/> wrote it.</summary>
    public static bool TryRead(string line, out AuditEntry? entry, out string hash)
    {
        (entry, hash) = (null, "");
        int json = Start.Length + 64 + Middle.Length;
        if (line.Length <= json + End.Length || !line.StartsWith(Start, StringComparison.Ordinal) || !line.EndsWith(End, StringComparison.Ordinal)
            || string.CompareOrdinal(line, Start.Length + 64, Middle, 0, Middle.Length) != 0)
        {
            return false;
        }

        hash = line.Substring(Start.Length, 64);
        string written = line[json..^End.Length];
        if (hash != HashOf(written))
        {
            return false;
        }

        try
        {
            entry = JsonSerializer.Deserialize<AuditEntry>(written, _json);
            return entry?.Event is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string HashOf(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
}
