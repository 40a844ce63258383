namespace Unlearning.Host.Storage.Backups;

/// <summary>
/// A folder in which something is made ready, for its owner only, locked by the process that makes it. Those of processes that were
/// killed are found by their lock and deleted when the next one is made.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly string _prefix;
    private readonly ServiceLock _lock;

    private WorkFolder(DataFolder folder, string prefix, ServiceLock held) => (Folder, _prefix, _lock) = (folder, prefix, held);

    /// <summary>The folder.</summary>
    public DataFolder Folder { get; }

    /// <summary>Makes one.</summary>
    /// <param name="parent">Where; made when missing.</param>
    /// <param name="prefix">Begins the names of such folders, and of nothing else there: those that nobody has locked are deleted.</param>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public static WorkFolder Create(string parent, string prefix)
    {
        DataFolder place = new(parent);
        foreach (string left in Directory.EnumerateDirectories(place.Path, prefix + "*"))
            Sweep(left, prefix);

        // Another process may find the new folder before it is locked, and sweep it: then it is gone, and the next one is made.
        while (true)
        {
            DataFolder folder = new(NameIn(place.Path, prefix));
            if (TryLock(folder) is not { } held)
                continue;
            if (Directory.Exists(folder.Path))
                return new WorkFolder(folder, prefix, held);
            held.Dispose();
        }
    }

    /// <summary>Deletes the folder with what is still in it.</summary>
    public void Dispose() => Delete(Folder.Path, _prefix, _lock);

    private static void Sweep(string folder, string prefix)
    {
        try
        {
            if (TryLock(DataFolder.At(folder)) is { } held)
                Delete(folder, prefix, held);
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's.
        }
    }

    /// <summary>
    /// Deletes a folder whose lock is held. It gets a name that nobody knows first, so that whoever made it and has not locked it yet finds it
    /// gone, and never half of it. What cannot be deleted is left to the next sweep.
    /// </summary>
    private static void Delete(string folder, string prefix, ServiceLock held)
    {
        try
        {
            string gone = folder;

            // Windows moves no folder with an open file, and deletes none; nor does it let two open the lock.
            if (!OperatingSystem.IsWindows())
            {
                gone = NameIn(Path.GetDirectoryName(folder)!, prefix);
                Directory.Move(folder, gone);
                held.Moved(DataFolder.At(gone));
            }

            foreach (string entry in Directory.EnumerateFileSystemEntries(gone).Where(entry => !ServiceLock.FileNames.Contains(Path.GetFileName(entry))))
            {
                if (Directory.Exists(entry))
                    Directory.Delete(entry, recursive: true);
                else
                    File.Delete(entry);
            }

            if (OperatingSystem.IsWindows())
                held.Dispose();
            Directory.Delete(gone, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
        finally
        {
            held.Dispose();
        }
    }

    private static ServiceLock? TryLock(DataFolder folder)
    {
        try
        {
            return ServiceLock.TryAcquire(folder);
        }
        catch (Exception failure) when (failure is DirectoryNotFoundException or FileNotFoundException && !Directory.Exists(folder.Path))
        {
            return null;
        }
    }

    private static string NameIn(string parent, string prefix) => Path.Combine(parent, prefix + Guid.NewGuid().ToString("N"));
}
