using Microsoft.Data.Sqlite;

namespace Unlearning.Host.Storage;

/// <summary>Tells a full disk from other failures, which need another remedy.</summary>
internal static class FullDisk
{
    // ENOSPC, ERROR_DISK_FULL and SQLITE_FULL.
    private const int NoSpace = 28, NoSpaceOnWindows = 112, StoreIsFull = 13;

    /// <summary>Whether a failure, or what it came from, is that the disk is full.</summary>
    public static bool IsCauseOf(Exception? failure) => failure switch
    {
        null => false,
        SqliteException { SqliteErrorCode: StoreIsFull } => true,
        IOException io when (io.HResult & 0xFFFF) is NoSpace or NoSpaceOnWindows => true,
        _ => IsCauseOf(failure.InnerException),
    };
}
