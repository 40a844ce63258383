using System.Text;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Audit;

/// <summary>
/// The audit's file, opened by one process at a time. A line that has no end was cut short by a crash before anybody was told of it; it is
/// no entry, and the next entry takes its place.
/// </summary>
internal sealed class AuditFile : IDisposable
{
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

    /// <summary>The file's lines, oldest first, without their ends; one that was cut short is left out.</summary>
    /// <param name="from">Where to begin, in bytes; in the middle of a line begins at the next.</param>
    public IEnumerable<string> Lines(long from = 0)
    {
        _stream.Position = Math.Max(0, from - 1);
        using StreamReader reader = new(_stream, new UTF8Encoding(false, throwOnInvalidBytes: false), false, 1 << 16, leaveOpen: true);
        StringBuilder line = new();
        bool inside = from == 0;
        int read;
        while ((read = reader.Read()) >= 0)
        {
            if (read != '\n')
            {
                line.Append((char)read);
                continue;
            }

            if (inside)
            {
                yield return line.ToString();
            }

            inside = true;
            line.Clear();
        }
    }

    /// <summary>The last whole line, or null of an empty file.</summary>
    public string? LastLine(int window = 1 << 16)
    {
        for (long size = window; ; size *= 8)
        {
            string? last = Lines(Math.Max(0, _stream.Length - size)).LastOrDefault();
            if (last is not null || size >= _stream.Length)
            {
                return last;
            }
        }
    }

    /// <summary>The lines of the last 256 KiB.</summary>
    public IEnumerable<string> Recent() => Lines(Math.Max(0, _stream.Length - (1 << 18)));

    /// <summary>Bytes after the end of the last line.</summary>
    public long CutShort => _stream.Length - EndOfLastLine();

    /// <summary>Takes away what comes after the end of the last line.</summary>
    public void Mend() => _stream.SetLength(EndOfLastLine());

    /// <summary>Appends lines and notes the new head; on the device when this returns.</summary>
    public void Append(IEnumerable<string> lines, AuditHead head)
    {
        Mend();
        _stream.Position = _stream.Length;
        foreach (string line in lines)
        {
            _stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }

        _stream.Flush(flushToDisk: true);
        AuditHeadFile.Write(_data, head);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private long EndOfLastLine()
    {
        for (long at = _stream.Length; at > 0; at--)
        {
            _stream.Position = at - 1;
            if (_stream.ReadByte() == '\n')
            {
                return at;
            }
        }

        return 0;
    }
}
