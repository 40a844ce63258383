using System.Runtime.InteropServices;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the data folder is its owner's only, can be written, and who works on it.</summary>
internal sealed class DataFolderCheck(Installation installation) : ICheck
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // access(2): W_OK and X_OK.
    private const int WriteAndEnter = 2 | 1;

    /// <inheritdoc/>
    public string Name => "data folder";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Check());

    private Finding Check()
    {
        string folder = installation.Folders.Data;
        if (File.Exists(folder))
            return Finding.Problem($"'{folder}' is a file.", "Set Unlearning:DataDirectory to a folder.");
        if (!installation.HasData)
        {
            string? above = Path.GetDirectoryName(folder);
            while (above is not null && !Directory.Exists(above))
                above = Path.GetDirectoryName(above);
            return above is not null && CanWrite(above)
                ? Finding.Ok($"'{folder}' is made at the first start.")
                : Finding.Problem($"'{folder}' is not there and cannot be made.", $"Make it for the user that runs the service, or set Unlearning:DataDirectory to another folder.");
        }

        if (!CanWrite(folder))
            return Finding.Problem($"'{folder}' cannot be written.", $"Give it to the user that runs the service: chown -R {Environment.UserName} '{folder}'.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & Others) != 0)
            return Finding.Warning($"Others than its owner may look into '{folder}', where the keys are.", $"chmod 700 '{folder}'");
        return Finding.Ok($"'{folder}' is its owner's only" + (ServiceLock.Holder(installation.Data) is { } id && IsAlive(id) ? $"; the service of process {id} works on it." : "; no service works on it."));
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using System.Diagnostics.Process found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether files can be made in a folder, by asking the system, because a check-up makes none.</summary>
    private static bool CanWrite(string folder)
    {
        // Nothing is kept where the system shows only itself (/proc), though root has every right there.
        if (!OperatingSystem.IsWindows())
            return Access(folder, WriteAndEnter) == 0 && new DriveInfo(folder).TotalSize > 0;

        // Windows answers by trying only; the file has no content and goes with its handle.
        try
        {
            using FileStream trial = new(
                Path.Combine(folder, DurableFile.StagingPrefix + Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "access", SetLastError = true)]
    private static extern int Access([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}
