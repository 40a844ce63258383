namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the key that known incidents are recognised by is there.</summary>
internal sealed class FingerprintKeyCheck(Installation installation) : ICheck
{
    private const int Size = 32;

    /// <inheritdoc/>
    public string Name => "fingerprint key";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        string file = Path.Combine(installation.Folders.Data, "fingerprint.key");
        return Task.FromResult(
            !File.Exists(file) ? Finding.Ok("There is none yet; the first report makes it.")
            : new FileInfo(file).Length != Size ? Finding.Problem($"'{file}' is no key.", "Put it back from a backup; with another one, known incidents are not recognised.")
            : !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0
                ? Finding.Warning($"Others than its owner may read '{file}'.", $"chmod 600 '{file}'")
            : Finding.Ok("It is there."));
    }
}
