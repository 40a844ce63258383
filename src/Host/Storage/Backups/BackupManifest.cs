namespace Unlearning.Host.Storage.Backups;

/// <summary><c>backup.json</c>: what a backup holds. The last entry of the archive, so that it can name the hash of every other one.</summary>
/// <param name="Format">The form of the archive; this program writes and reads 1.</param>
/// <param name="Program">The version of the program that wrote it.</param>
/// <param name="Created">When the backup was begun.</param>
/// <param name="Schema">The last migration of <c>unlearning.db</c>; null where there was no store.</param>
/// <param name="LiveRelease">The release that was live.</param>
/// <param name="KeyRing">The folder the key ring was taken from, where that is not in the data folder; null otherwise.</param>
/// <param name="Files">Every file, in the order of the archive.</param>
public sealed record BackupManifest(
    int Format, string Program, DateTimeOffset Created, string? Schema, string LiveRelease, string? KeyRing, IReadOnlyList<BackupFile> Files)
{
    /// <summary>The form of the archive that this program writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Its name in the archive.</summary>
    public const string FileName = "backup.json";
}
