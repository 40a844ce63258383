using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The data folder of a service, which a command reads and never creates.</summary>
internal static class StoredData
{
    private const string Fix = "Start the service once, or set Unlearning:DataDirectory to where its data is.";

    /// <summary>Opens the configured data folder.</summary>
    /// <exception cref="IOException">There is none, or no store in it.</exception>
    public static DataFolder Folder(IReadOnlyDictionary<string, string?>? overrides)
    {
        string path = ConfiguredFolders.Read(overrides).Data;
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"There is no data folder '{path}'. {Fix}");
        string store = Path.Combine(path, "unlearning.db");
        return File.Exists(store) ? new DataFolder(path) : throw new FileNotFoundException($"There is no store '{store}'. {Fix}");
    }
}
