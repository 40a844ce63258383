using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Releases.Journal;

/// <summary>
/// Which release is live, and every change of it: an append-only file of JSON lines, each with a checksum, flushed before anything acts
/// on it. It needs no database, so promotion, rollback and restart work without one.
/// </summary>
public sealed partial class LiveReleaseJournal(DataFolder data)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Lock _append = new();
    private JournalReading _read = JournalReading.Nothing;

    /// <summary>The journal's file.</summary>
    public string Path => data.LiveReleaseJournal;

    /// <summary>
    /// Reads the journal. A line cut short by a crash was never acted on and is passed over. What was read before is not read again: the
    /// file only grows.
    /// </summary>
    public JournalHistory Read()
    {
        lock (_append)
        {
            if (!File.Exists(Path))
            {
                _read = JournalReading.Nothing;
                return _read.History;
            }

            using FileStream stream = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            JournalReading before = stream.Length < _read.Whole ? JournalReading.Nothing : _read;
            stream.Position = before.Whole;
            byte[] bytes = new byte[stream.Length - before.Whole];
            stream.ReadExactly(bytes);
            int whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
            _read = before.With(Encoding.UTF8.GetString(bytes, 0, whole), whole, Parse, Ids());

            // A last line without an end may be an entry, or one that is still being cut short: it is read again the next time.
            return _read.With(Encoding.UTF8.GetString(bytes, whole, bytes.Length - whole), 0, Parse, Ids()).History;
        }
    }

    /// <summary>Appends an entry; it is on the device when this returns.</summary>
    /// <param name="make">Makes the entry from the journal as it is; nobody else appends in between.</param>
    public JournalEntry Append(Func<JournalHistory, JournalEntry> make)
    {
        lock (_append)
        {
            bool isNew = !File.Exists(Path);
            JournalEntry entry = make(Read());
            string json = JsonSerializer.Serialize(entry, _json);
            using (FileStream stream = new(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read))
            {
                // A torn last line is closed, not cut off: the file only ever grows.
                string separator = EndsInNewLine(stream) ? string.Empty : "\n";
                stream.Seek(0, SeekOrigin.End);
                stream.Write(Encoding.UTF8.GetBytes($"{separator}{{\"sha256\":\"{Checksum(json)}\",\"entry\":{json}}}\n"));
                stream.Flush(flushToDisk: true);
            }

            if (isNew)
            {
                DurableFile.FlushDirectory(data.Path);
            }

            return entry;
        }
    }

    private static bool EndsInNewLine(FileStream stream)
    {
        if (stream.Length == 0)
        {
            return true;
        }

        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() == '\n';
    }

    private static JournalEntry? Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement entry = document.RootElement.GetProperty("entry");
            return document.RootElement.GetProperty("sha256").GetString() == Checksum(entry.GetRawText())
                ? entry.Deserialize<JournalEntry>(_json)
                : null;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Checksum(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")]
    private static partial Regex Ids();
}
