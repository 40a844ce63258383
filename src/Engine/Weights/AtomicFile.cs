using System.Runtime.InteropServices;

namespace Unlearning.Engine.Weights;

/// <summary>Writes a file so that, whatever happens, its path holds the old content or the whole new one.</summary>
public static partial class AtomicFile
{
    private const int ReadOnly = 0;

    /// <summary>Replaces <paramref name="path"/>: a new file beside it is written, flushed to the disk, and renamed over it.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
            FlushFolder(path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>
    /// Flushes the folder that holds a file or folder whose name is new: the name is durable only when that folder is. Some file systems
    /// cannot flush one: then it is as durable as they make it, and no reason to fail.
    /// </summary>
    internal static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        int folder = Open(Path.GetDirectoryName(Path.GetFullPath(path))!, ReadOnly);
        if (folder < 0)
            return;
        _ = Fsync(folder);
        _ = Close(folder);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
