using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Unlearning.Host.Storage;

/// <summary>The one folder that holds everything the Host must not lose, and the paths inside it.</summary>
public sealed class DataFolder
{
    /// <summary>Resolves the configured folder against the content root and creates it.</summary>
    public DataFolder(IOptions<UnlearningOptions> options, IHostEnvironment environment)
        : this(System.IO.Path.Combine(environment.ContentRootPath, options.Value.DataDirectory))
    {
    }

    /// <summary>Uses <paramref name="path"/> and creates it, for its owner only, when it is missing.</summary>
    public DataFolder(string path)
        : this(path, create: true)
    {
    }

    private DataFolder(string path, bool create)
    {
        Path = System.IO.Path.GetFullPath(path);
        if (!create)
            return;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Uses <paramref name="path"/> as it is: what is missing stays missing.</summary>
    internal static DataFolder At(string path) => new(path, create: false);

    /// <summary>The folder's absolute path.</summary>
    public string Path { get; }

    /// <summary>The folder of immutable releases, one subfolder each, named by release id.</summary>
    public string Releases => System.IO.Path.Combine(Path, "releases");

    /// <summary>The append-only journal of which release is live.</summary>
    public string LiveReleaseJournal => System.IO.Path.Combine(Path, "live-release.jsonl");

    /// <summary>The append-only audit.</summary>
    public string Audit => System.IO.Path.Combine(Path, "audit.jsonl");

    /// <summary>Where the audit ends.</summary>
    public string AuditHead => System.IO.Path.Combine(Path, "audit-head.json");

    /// <summary>The secret key of incident fingerprints and subject hashes.</summary>
    public string FingerprintKey => System.IO.Path.Combine(Path, "fingerprint.key");

    /// <summary>Connection string of the incidents and runs.</summary>
    public string UnlearningConnectionString => ConnectionString("unlearning.db");

    /// <summary>Connection string of the schedule, which Quartz owns.</summary>
    public string QuartzConnectionString => ConnectionString("quartz.db");

    private string ConnectionString(string file) =>
        new SqliteConnectionStringBuilder { DataSource = System.IO.Path.Combine(Path, file) }.ToString();
}
