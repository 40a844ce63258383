namespace Unlearning.Host.Storage.Backups;

/// <summary>
/// A folder in which something is made ready, for its owner only, locked by the process that makes it. Those of processes that were
/// killed are found by their lock and deleted when the next one is made.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly ServiceLock _lock;

    private WorkFolder(DataFolder folder) => (Folder, _lock) = (folder, ServiceLock.Acquire(folder));

    /// <summary>The folder.</summary>
    public DataFolder Folder { get; }

    /// <summary>Makes one.</summary>
    /// <param name="parent">Where; made when missing.</param>
    /// <param name="prefix">Begins the names of such folders, and of nothing else there.</param>
    public static WorkFolder Create(string parent, string prefix)
    {
        DataFolder place = new(parent);
        foreach (string left in Directory.EnumerateDirectories(place.Path, prefix + "*"))
            Sweep(left);
        return new WorkFolder(new DataFolder(Path.Combine(place.Path, prefix + Guid.NewGuid().ToString("N"))));
    }

    /// <summary>Deletes the folder with what is still in it.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        Directory.Delete(Folder.Path, recursive: true);
    }

    private static void Sweep(string folder)
    {
        using (ServiceLock? free = ServiceLock.TryAcquire(new DataFolder(folder)))
        {
            if (free is null)
                return;
        }

        Directory.Delete(folder, recursive: true);
    }
}
