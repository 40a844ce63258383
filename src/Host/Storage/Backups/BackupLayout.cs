using System.Text;
using System.Text.Json;
using Unlearning.Host.Privacy;

namespace Unlearning.Host.Storage.Backups;

/// <summary>How a data folder lies in an archive, and what of it stays out.</summary>
internal static class BackupLayout
{
    /// <summary>Begins the paths of what is in the data folder.</summary>
    public const string Data = "data/";

    /// <summary>Begins the paths of a key ring that is not in the data folder.</summary>
    public const string KeyRing = "key-ring/";

    /// <summary>Begins the paths of the policies in force.</summary>
    public const string Policies = "policies/";

    /// <summary>The folder in a restored data folder that has the backup's policies; they are put in force by applying them.</summary>
    public const string RestoredPolicies = "restored-policies";

    private const string Journal = "live-release.jsonl", AuditHead = "audit-head.json", Audit = "audit.jsonl";

    // A run under way holds what it can select again, decrypted by the step; it begins anew.
    private static readonly string[] _leftOut = ["runs", RestoredPolicies];

    // SQLite's own, which belong to the moment.
    private static readonly string[] _besideDatabases = [".db-wal", ".db-shm", ".db-journal"];

    /// <summary>How the manifest is written and read.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Where the key ring is, and whether that is outside the data folder.</summary>
    public static (string Folder, bool Outside) Ring(string data, string? configured)
    {
        string ring = Path.GetFullPath(configured ?? "keys", data);
        return (ring, Path.GetRelativePath(data, ring).Split(Path.DirectorySeparatorChar)[0] == ".." || Path.IsPathRooted(Path.GetRelativePath(data, ring)));
    }

    /// <summary>
    /// The files of a data folder, relative to it, in the order in which they are copied: first the journal, then the databases, then the
    /// rest. So the databases know at least what the journal tells of, and every release, key and audit entry that those two speak of is
    /// there: each is written before it is spoken of. The audit's head comes before the audit, because a head behind its audit is what a crash
    /// leaves, and one ahead of it what somebody leaves who cut entries off. What the databases know beyond the journal, the start puts right, as after a crash.
    /// </summary>
    public static IReadOnlyList<string> FilesOf(string data) =>
    [
        .. Directory.EnumerateFiles(data, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(file => Path.GetRelativePath(data, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(IsKept)

            // A file that is replaced while the folder is listed may be missing from the list.
            .Union(File.Exists(Path.Combine(data, AuditHead)) ? [AuditHead] : [])
            .OrderBy(file => file switch { Journal => 0, AuditHead => 2, Audit => 3, _ => IsDatabase(file) ? 1 : 4 }).ThenBy(file => file, StringComparer.Ordinal),
    ];

    /// <summary>Whether a file is a database, which is copied by SQLite.</summary>
    public static bool IsDatabase(string file) => !file.Contains('/') && file.EndsWith(".db", StringComparison.Ordinal);

    /// <summary>Whether a file only ever grows, by lines.</summary>
    public static bool IsJournal(string file) => !file.Contains('/') && file.EndsWith(".jsonl", StringComparison.Ordinal);

    /// <summary>Whether a file is small and replaced as a whole, again and again.</summary>
    public static bool IsReplaced(string file) => file == AuditHead;

    /// <summary>Whether a path in an archive is one that a backup can have written: below its folders, and nowhere else.</summary>
    public static bool IsSafe(string path) =>
        (path == BackupManifest.FileName || path.StartsWith(Data, StringComparison.Ordinal) || path.StartsWith(KeyRing, StringComparison.Ordinal)
            || path.StartsWith(Policies, StringComparison.Ordinal))
        && path.Split('/').All(part => part is not ("" or "." or "..")) && path.IndexOfAny(['\\', ':', '\0']) < 0;

    /// <summary>The settings' key of a folder, for messages.</summary>
    public static string DataKey => $"{UnlearningOptions.SectionName}:{nameof(UnlearningOptions.DataDirectory)}";

    /// <summary>The settings' key of the key ring, for messages.</summary>
    public static string RingKey => $"{PrivacyOptions.SectionName}:{nameof(PrivacyOptions.KeyRing)}";

    /// <summary>UTF-8 without a mark.</summary>
    public static UTF8Encoding Utf8 { get; } = new(false);

    private static bool IsKept(string file)
    {
        string[] parts = file.Split('/');
        return !_leftOut.Contains(parts[0]) && !ServiceLock.FileNames.Contains(file)
            && !parts.Any(part => part.StartsWith(DurableFile.StagingPrefix, StringComparison.Ordinal))
            && !_besideDatabases.Any(end => file.EndsWith(end, StringComparison.Ordinal)) && !file.EndsWith(".tmp", StringComparison.Ordinal);
    }
}
