using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Data;

/// <summary>The store of a data folder, opened beside a running service, or without one, and never changed.</summary>
internal sealed class ReadOnlyStore : IDbContextFactory<UnlearningDbContext>
{
    /// <summary>What to do about a store of an older version.</summary>
    public const string Older = "The store is of an older version. Start the service once, which brings it to this one.";

    private readonly DbContextOptions<UnlearningDbContext> _options;
    private readonly TextProtector _protector;

    /// <summary>Names a store; nothing is opened yet.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="keyRing">The configured key ring; null for the data folder's own.</param>
    public ReadOnlyStore(DataFolder data, string? keyRing)
    {
        SqliteConnectionStringBuilder connection = new(data.UnlearningConnectionString)
        {
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        };
        _protector = new TextProtector(data, Options.Create(new PrivacyOptions { KeyRing = keyRing }));
        _options = new DbContextOptionsBuilder<UnlearningDbContext>().UseSqlite(connection.ToString()).Options;
    }

    /// <summary>Opens one.</summary>
    /// <exception cref="IOException">The store is of an older version.</exception>
    public static async Task<UnlearningDbContext> OpenAsync(DataFolder data, string? keyRing, CancellationToken cancellationToken)
    {
        ReadOnlyStore store = new(data, keyRing);
        await store.CheckAsync(cancellationToken).ConfigureAwait(false);
        return store.CreateDbContext();
    }

    /// <summary>Makes sure that it is of this version.</summary>
    /// <exception cref="IOException">It is of an older one.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using UnlearningDbContext db = CreateDbContext();
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken).ConfigureAwait(false)).Any())
            throw new IOException(Older);
    }

    /// <inheritdoc/>
    public UnlearningDbContext CreateDbContext() => new(_options, _protector);
}
