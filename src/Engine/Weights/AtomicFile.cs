namespace Unlearning.Engine.Weights;

/// <summary>Writes a file so that, whatever happens, its path holds the old content or the whole new one.</summary>
public static class AtomicFile
{
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
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
