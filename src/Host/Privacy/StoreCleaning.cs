using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Privacy;

/// <summary>Takes what was deleted out of SQLite's files, too: out of free pages and out of the write-ahead log.</summary>
internal static class StoreCleaning
{
    private const int Busy = 5, Locked = 6;

    /// <summary>Rewrites the database without its free pages and empties its log.</summary>
    /// <returns>
    /// Whether both were done. Not while another connection reads; then what was deleted is overwritten in the database all the same, and
    /// leaves the log at its next checkpoint.
    /// </returns>
    public static async Task<bool> CleanAsync(UnlearningDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.Database.ExecuteSqlRawAsync("VACUUM", cancellationToken).ConfigureAwait(false);
            return await EmptyLogAsync(db, cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is Busy or Locked)
        {
            return false;
        }
    }

    /// <summary>Moves the write-ahead log into the database and cuts it to nothing.</summary>
    /// <returns>Whether nobody was in the way.</returns>
    public static async Task<bool> EmptyLogAsync(UnlearningDbContext db, CancellationToken cancellationToken)
    {
        DbConnection connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), null) == 0;
        }
        finally
        {
            await db.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }
}
