using System.Text.Json;
using Unlearning.Plugin.Transport.Wire;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>The records that the Host refused for good, one JSON object a line, kept for a person to look at.</summary>
/// <param name="path">The file; readable by its owner only.</param>
/// <param name="limit">The size in bytes past which nothing is added.</param>
internal sealed class RejectedFile(string path, long limit)
{
    /// <summary>Adds a record, durably.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TryAdd(RejectedRecord record)
    {
        bool isNew = !File.Exists(path);
        using FileStream file = SpoolFiles.Open(path, FileMode.Append, FileShare.None);
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(record, TransportJson.Default.RejectedRecord), (byte)'\n'];
        if (file.Length + line.Length > limit)
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
