using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Unlearning.Host.Storage;

/// <summary>
/// What SQLite keeps per connection: <c>synchronous=FULL</c> makes a commit survive a power failure, which is what "acknowledged" promises;
/// <c>secure_delete</c> overwrites what is deleted, which is what "erased" promises. With 16 MiB of pages in memory and a checkpoint each 16 MiB
/// of log, storing incidents, whose indexes are written all over, reads and syncs the database file less often.
/// </summary>
internal sealed class SqliteDurability : DbConnectionInterceptor
{
    private const string Settings = "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000;";

    /// <inheritdoc/>
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = Settings;
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = Settings;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
