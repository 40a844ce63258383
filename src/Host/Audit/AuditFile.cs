using System.Text;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Audit;

/// <summary>The audit's file, opened by one process at a time to append to it. Who only reads takes a copy of its bytes and lets it go.</summary>
internal sealed class AuditFile : IDisposable
{
    // More than the entries of one transfer from the database take, however long their reasons.
    private const int TailBytes = 1 << 20;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly FileStream _stream;
    private readonly DataFolder _data;

    private AuditFile(FileStream stream, DataFolder data) => (_stream, _data) = (stream, data);

    /// <summary>Opens the file, waiting for whoever has it.</summary>
    /// <exception cref="IOException">Another process has held it for ten seconds, or it cannot be opened.</exception>
    public static AuditFile Open(DataFolder data)
    {
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        bool isNew = !File.Exists(data.Audit);
        if (isNew && !File.Exists(data.AuditHead))
        {
            AuditHeadFile.Write(data, AuditHead.Empty);
        }

        for (int waited = 0; ; waited++)
        {
            try
            {
                FileStream stream = new(data.Audit, options);
                if (isNew)
                {
                    DurableFile.FlushDirectory(data.Path);
                }

                return new AuditFile(stream, data);
            }
            catch (IOException) when (File.Exists(data.Audit) && waited * 10 < _patience.TotalMilliseconds)
            {
                Thread.Sleep(10);
            }
        }
    }

    /// <summary>Everything that is in the file now; empty when there is none.</summary>
    /// <exception cref="IOException">As with <see cref="Open"/>.</exception>
    public static AuditText Read(DataFolder data)
    {
        if (!File.Exists(data.Audit))
        {
            return new AuditText([]);
        }

        using AuditFile file = Open(data);
        return new AuditText(file.Bytes(file._stream.Length));
    }

    /// <summary>Where the file ends.</summary>
    /// <exception cref="InvalidDataException">
    /// It ends in a line that is no entry, or before the head that was noted: what is appended to it would hide what is missing.
    /// </exception>
    public AuditHead Head()
    {
        string? last = null;
        for (long size = 1 << 16; last is null; size *= 8)
        {
            last = new AuditText(Bytes(size)).Lines.LastOrDefault();
            if (size >= _stream.Length)
            {
                break;
            }
        }

        AuditHead head = last is null ? AuditHead.Empty
            : AuditLine.TryRead(last, out AuditEntry? entry, out string hash) ? new AuditHead(entry!.Sequence, hash)
            : throw Damaged("ends in a line that is no entry");
        return AuditHeadFile.Read(_data) is { } noted && noted.Sequence <= head.Sequence && (noted.Sequence < head.Sequence || noted.Hash == head.Hash)
            ? head
            : throw Damaged("does not go on to the head that was noted: entries are missing");
    }

    /// <summary>What is at the end of the file, as text.</summary>
    public string Tail() => Encoding.UTF8.GetString(Bytes(TailBytes));

    /// <summary>Takes away what comes after the end of the last line.</summary>
    public void Mend() => _stream.SetLength(_stream.Length - new AuditText(Bytes(_stream.Length)).CutShort);

    /// <summary>Appends lines and notes the new head; on the device when this returns.</summary>
    public void Append(IEnumerable<string> lines, AuditHead head)
    {
        Mend();
        _stream.Position = _stream.Length;
        _stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        _stream.Flush(flushToDisk: true);
        AuditHeadFile.Write(_data, head);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private InvalidDataException Damaged(string how) =>
        new($"'{_data.Audit}' {how}. Nothing is added to it. Run 'audit verify' to see where, and put it back from a backup.");

    private byte[] Bytes(long atMost)
    {
        byte[] bytes = new byte[Math.Min(atMost, _stream.Length)];
        _stream.Position = _stream.Length - bytes.Length;
        _stream.ReadExactly(bytes);
        return bytes;
    }
}
