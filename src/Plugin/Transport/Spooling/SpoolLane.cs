using System.Globalization;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>
/// One process's folder in the spool. Its lock is the operating system's, so that it ends with the process however that ends; then any
/// other process may adopt the lane.
/// </summary>
internal sealed class SpoolLane : IDisposable
{
    private const int MostTries = 5;
    private const string LockName = "lock";
    private const string SegmentSuffix = ".log";

    private readonly FileStream _lock;
    private long _last;

    private SpoolLane(string folder, FileStream @lock)
    {
        Folder = folder;
        _lock = @lock;
    }

    public string Folder { get; }

    /// <summary>Makes a lane of this process's own.</summary>
    public static SpoolLane Create(string root)
    {
        // Until the lock is held another process may take the folder for an abandoned one, and remove it.
        for (int tries = 1; ; tries++)
        {
            string folder = Path.Combine(root, $"lane-{Guid.CreateVersion7():N}");
            try
            {
                SpoolFiles.CreateFolder(folder);
                SpoolLane lane = new(folder, SpoolFiles.Open(Path.Combine(folder, LockName), FileMode.CreateNew, FileShare.None));
                SpoolFiles.FlushFolder(root);
                return lane;
            }
            catch (IOException) when (tries < MostTries)
            {
            }
        }
    }

    /// <summary>Takes over the lanes under <paramref name="root"/> whose processes are gone.</summary>
    public static IEnumerable<SpoolLane> Adopt(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(root, "lane-*").Order(StringComparer.Ordinal))
        {
            FileStream? held = null;
            try
            {
                held = SpoolFiles.Open(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileShare.None);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Another process works on it, or has just finished and removed it.
            }

            if (held is not null)
            {
                yield return new SpoolLane(folder, held);
            }
        }
    }

    /// <summary>Names the next segment to append to.</summary>
    public string NextSegment() => Path.Combine(
        Folder, Interlocked.Increment(ref _last).ToString("d10", CultureInfo.InvariantCulture) + SegmentSuffix);

    /// <summary>Gets the lane's segments, the oldest first.</summary>
    public IReadOnlyList<string> Segments() =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, "*" + SegmentSuffix).Order(StringComparer.Ordinal)] : [];

    /// <summary>Gives the lane back; one with nothing left in it goes away.</summary>
    public void Dispose()
    {
        if (_lock.SafeFileHandle.IsClosed)
        {
            return;
        }

        try
        {
            if (Segments().Count == 0 && Directory.Exists(Folder))
            {
                File.Delete(_lock.Name);
                Directory.Delete(Folder);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // An empty folder harms nobody; the next process tries again.
        }

        _lock.Dispose();
    }
}
