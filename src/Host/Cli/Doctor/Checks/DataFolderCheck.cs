using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the data folder is its owner's only, can be written, and who works on it.</summary>
internal sealed class DataFolderCheck(Installation installation) : ICheck
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

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

    private static bool CanWrite(string folder)
    {
        string trial = Path.Combine(folder, DurableFile.StagingPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            File.WriteAllBytes(trial, [1]);
            File.Delete(trial);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
