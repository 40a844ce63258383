namespace Unlearning.Host.Storage.Backups;

/// <summary>What a backup or a restore did.</summary>
/// <param name="File">The archive.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Files">How many files it holds.</param>
/// <param name="Created">When it was begun.</param>
/// <param name="LiveRelease">The release that was live in it.</param>
/// <param name="KeyRing">The folder the key ring was taken from, or put into, where that is not in the data folder; null otherwise.</param>
/// <param name="DataFolder">The data folder it is of, or that it was restored to.</param>
/// <param name="MovedAside">Restore: where the data folder that was there is now; null where there was none.</param>
/// <param name="Policies">Restore: where the backup's policies are, to be compared and applied; null where it holds none.</param>
public sealed record BackupReport(
    string File, long Bytes, int Files, DateTimeOffset Created, string LiveRelease, string? KeyRing, string DataFolder, string? MovedAside = null, string? Policies = null);
