namespace Unlearning.Host.Storage.Backups;

/// <summary>One file of a backup.</summary>
/// <param name="Path">Its path in the archive, with slashes.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Sha256">SHA-256 of its bytes, in lower-case hex.</param>
public sealed record BackupFile(string Path, long Size, string Sha256);
