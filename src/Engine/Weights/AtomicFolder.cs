namespace Unlearning.Engine.Weights;

/// <summary>Makes a folder so that, whatever happens, its path holds the whole of it or nothing.</summary>
public static class AtomicFolder
{
    /// <summary>A new folder beside <paramref name="path"/> is filled, and renamed to it; its parents are made where they are missing.</summary>
    /// <param name="path">Must not be there, or be an empty folder.</param>
    /// <param name="fill">Writes into the folder it is given, each file flushed, as <see cref="AtomicFile"/> does.</param>
    /// <exception cref="CheckpointException">There is something at the path.</exception>
    public static void Write(string path, Action<string> fill)
    {
        ArgumentNullException.ThrowIfNull(fill);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new CheckpointException(path, "it is there already", "Name a new folder, or empty this one first.");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var staging = $"{target}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(staging);
        try
        {
            fill(staging);
            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(staging, target);
            AtomicFile.FlushFolder(target);
        }
        catch
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
            throw;
        }
    }
}
