using System.Text;
using System.Text.Json;
using Unlearning.Plugin.Transport.Wire;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>
/// The records that the Host refused for good, one JSON object a line: when, why and which for a person to look at, and the record itself
/// encrypted, to be sent again when the Host has learnt to take it.
/// </summary>
/// <param name="path">The file; readable by its owner only.</param>
/// <param name="limit">The size in bytes past which nothing is added.</param>
/// <param name="keys">The spool's keys.</param>
internal sealed class RejectedFile(string path, long limit, SpoolKeys keys)
{
    /// <summary>Adds a record, durably.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TryAdd(DateTimeOffset at, RecordProblem problem, ReadOnlyMemory<byte> json) =>
        TryAppend(Line(new RejectedRecord(at, problem.Status, problem.Detail, IdOf(json), Encrypted(json.Span))), limit);

    /// <summary>Encrypts what earlier versions wrote plainly, and finishes what a killed process had begun.</summary>
    public void Protect()
    {
        try
        {
            if (Begun().Length == 0 && !(File.Exists(path) && File.ReadLines(path).Any(IsPlain)))
            {
                return;
            }

            foreach (string file in Begin())
            {
                foreach (string line in Lines(file))
                {
                    TryAppend(IsPlain(line) ? Line(Encrypted(Parse(line)!)) : Encoding.UTF8.GetBytes(line + "\n"), long.MaxValue);
                }

                File.Delete(file);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Another process is at it, or the disk fails: nothing is lost, and the next start tries again.
        }
    }

    /// <summary>Gives every record that can be read to <paramref name="take"/>, and keeps the others.</summary>
    /// <returns>How many were given.</returns>
    /// <exception cref="IOException">Another process has the file open, or the disk fails; what was given may be given again.</exception>
    public async Task<int> TakeAllAsync(Func<ReadOnlyMemory<byte>, Task> take)
    {
        int given = 0;
        foreach (string file in Begin())
        {
            foreach (string line in Lines(file))
            {
                if (RecordIn(line) is { } json)
                {
                    await take(json).ConfigureAwait(false);
                    given++;
                }
                else
                {
                    TryAppend(Encoding.UTF8.GetBytes(line + "\n"), long.MaxValue);
                }
            }

            File.Delete(file);
        }

        return given;
    }

    private static bool IsPlain(string line) => Parse(line) is { Record.ValueKind: JsonValueKind.Object };

    private static RejectedRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, TransportJson.Default.RejectedRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Line(RejectedRecord record) => [.. JsonSerializer.SerializeToUtf8Bytes(record, TransportJson.Default.RejectedRecord), (byte)'\n'];

    private static string? IdOf(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument record = JsonDocument.Parse(json);
            return record.RootElement.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private RejectedRecord Encrypted(RejectedRecord plain)
    {
        byte[] json = Encoding.UTF8.GetBytes(plain.Record.GetRawText());
        return plain with { Id = IdOf(json), Record = Encrypted(json) };
    }

    private JsonElement Encrypted(ReadOnlySpan<byte> json) =>
        JsonSerializer.SerializeToElement(Encoding.ASCII.GetString(keys.Current.Encrypt(json)), TransportJson.Default.String);

    private ReadOnlyMemory<byte>? RecordIn(string line) => Parse(line)?.Record switch
    {
        { ValueKind: JsonValueKind.Object } plain => Encoding.UTF8.GetBytes(plain.GetRawText()),
        { ValueKind: JsonValueKind.String } encrypted => keys.Open(Encoding.UTF8.GetBytes(encrypted.GetString()!)).Json,
        _ => null,
    };

    // What is worked on has a name of its own, so that others may add meanwhile; it is found again when the process is killed.
    private string[] Begin()
    {
        if (File.Exists(path))
        {
            File.Move(path, $"{path}.{Guid.NewGuid():N}");
        }

        return Begun();
    }

    private string[] Begun() => Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*");

    private static List<string> Lines(string file)
    {
        // Alone: whoever opened it under its old name may still be writing.
        using FileStream held = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using StreamReader reader = new(held, Encoding.UTF8);
        List<string> lines = [];
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    private bool TryAppend(byte[] line, long most)
    {
        bool isNew = !File.Exists(path);
        using FileStream file = SpoolFiles.Open(path, FileMode.Append, FileShare.None);
        if (file.Length + line.Length > most)
        {
            return false;
        }

        file.Write(line);
        file.Flush(flushToDisk: true);
        if (isNew)
        {
            SpoolFiles.FlushFolder(Path.GetDirectoryName(path)!);
        }

        return true;
    }
}
