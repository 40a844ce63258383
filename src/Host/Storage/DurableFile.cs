using Unlearning.Plugin.Transport.Spooling;

namespace Unlearning.Host.Storage;

/// <summary>
/// File operations that are still true after the power fails: bytes are flushed to the device before a name points at them,
/// and the folder that holds the name is flushed after.
/// </summary>
internal static class DurableFile
{
    /// <summary>Prefix of names that are not finished; anything that carries it after a restart is debris.</summary>
    public const string StagingPrefix = ".staging-";

    /// <summary>
    /// Creates <paramref name="path"/> with <paramref name="content"/>, readable by its owner only, unless it exists already.
    /// Of several writers exactly one wins and nobody ever sees a partial file.
    /// </summary>
    /// <returns>Whether this call created the file.</returns>
    public static bool CreateOnce(string path, ReadOnlySpan<byte> content)
    {
        string folder = Path.GetDirectoryName(path)!;
        string staging = Path.Combine(folder, StagingPrefix + Guid.NewGuid().ToString("N"));
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (FileStream stream = new(staging, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            if (!GiveName(staging, path))
            {
                return false;
            }
        }
        finally
        {
            File.Delete(staging);
        }

        FlushDirectory(folder);
        return true;
    }

    /// <summary>Gives a finished file another name, or a second one, unless something has it: of several callers exactly one wins.</summary>
    /// <returns>Whether this call did.</returns>
    public static bool GiveName(string staging, string path) => SpoolFiles.GiveName(staging, path);

    /// <summary>Flushes every file and folder under <paramref name="folder"/>, and the folder itself, to the device.</summary>
    public static void FlushTree(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            stream.Flush(flushToDisk: true);
        }

        foreach (string directory in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))
        {
            FlushDirectory(directory);
        }

        FlushDirectory(folder);
    }

    /// <summary>Makes the names in <paramref name="folder"/> durable. Windows keeps them so by itself.</summary>
    public static void FlushDirectory(string folder) => SpoolFiles.FlushFolder(folder);
}
