using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The store of a data folder, opened beside a running service, or without one, and never changed.</summary>
internal static class ReadOnlyStore
{
    /// <summary>What to do about a store of an older version.</summary>
    public const string Older = "The store is of an older version. Start the service once, which brings it to this one.";

    /// <summary>Opens it.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="keyRing">The configured key ring; null for the data folder's own.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="IOException">The store is of an older version.</exception>
    public static async Task<UnlearningDbContext> OpenAsync(DataFolder data, string? keyRing, CancellationToken cancellationToken)
    {
        SqliteConnectionStringBuilder connection = new(data.UnlearningConnectionString)
        {
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        };
        TextProtector protector = new(data, Options.Create(new PrivacyOptions { KeyRing = keyRing }));
        UnlearningDbContext db = new(
            new DbContextOptionsBuilder<UnlearningDbContext>().UseSqlite(connection.ToString()).Options, protector);
        try
        {
            return (await db.Database.GetPendingMigrationsAsync(cancellationToken).ConfigureAwait(false)).Any() ? throw new IOException(Older) : db;
        }
        catch
        {
            await db.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
