using System.Globalization;

namespace Unlearning.Host.Storage;

/// <summary>
/// The right to be the one service of a data folder. The system takes it from a process that ends, however it ends, so nothing is left to
/// clean up after a crash. What must not happen beside a service asks for it, too.
/// </summary>
public sealed class ServiceLock : IDisposable
{
    // Windows: a sharing violation. Elsewhere .NET gives the number of flock(2): EWOULDBLOCK of Linux and of macOS.
    private static readonly int[] _taken = OperatingSystem.IsWindows() ? [unchecked((int)0x80070020)] : [11, 35];

    private readonly FileStream _file;
    private string _holder;

    private ServiceLock(FileStream file, string holder) => (_file, _holder) = (file, holder);

    /// <summary>Names of the files, which belong to the process that runs and to no backup.</summary>
    internal static IReadOnlyList<string> FileNames { get; } = ["service.lock", "service.pid"];

    /// <summary>Takes the lock.</summary>
    /// <param name="folder">The data folder.</param>
    /// <returns>The lock, to be disposed when the work is over; null while another holds it.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static ServiceLock? TryAcquire(DataFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(folder.Path, FileNames[0]), Options());
        }
        catch (IOException failure) when (_taken.Contains(failure.HResult))
        {
            return null;
        }

        // In a file of its own, because the locked one cannot be read.
        string holder = Path.Combine(folder.Path, FileNames[1]);
        try
        {
            File.Delete(holder);
            using StreamWriter writer = new(new FileStream(holder, Options()));
            writer.Write(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return new ServiceLock(file, holder);
    }

    /// <summary>Takes the lock, or says who has it.</summary>
    /// <param name="folder">The data folder.</param>
    /// <exception cref="ServiceLockedException">Another process, or another service of this one, has it.</exception>
    public static ServiceLock Acquire(DataFolder folder) => TryAcquire(folder) ?? throw new ServiceLockedException(folder, Holder(folder));

    /// <summary>The id of the process that has the lock, as far as it is known.</summary>
    /// <param name="folder">A data folder whose lock is held.</param>
    public static int? Holder(DataFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        try
        {
            return int.TryParse(File.ReadAllText(Path.Combine(folder.Path, FileNames[1])), CultureInfo.InvariantCulture, out int id) ? id : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The folder has another name now, and another one may have its old name, with a process of its own.</summary>
    /// <param name="folder">The locked folder under its new name.</param>
    internal void Moved(DataFolder folder) => _holder = Path.Combine(folder.Path, FileNames[1]);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The number must be gone before another process can write its own.
        try
        {
            if (_file.CanRead)
                File.Delete(_holder);
        }
        catch (DirectoryNotFoundException)
        {
            // The folder went with it.
        }
        finally
        {
            _file.Dispose();
        }
    }

    private static FileStreamOptions Options()
    {
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
