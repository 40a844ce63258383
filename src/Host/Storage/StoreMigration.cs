using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Privacy;

namespace Unlearning.Host.Storage;

/// <summary>Brings <c>unlearning.db</c> to this program's schema, and its text under its keys, before any other hosted service starts.</summary>
internal sealed class StoreMigration(IDbContextFactory<UnlearningDbContext> contexts, TextProtector protector) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        protector.Check();
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await ReleaseAbandonedAsync(db, cancellationToken).ConfigureAwait(false);
        await db.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);

        // A new file has its write-ahead log already; one that was restored from a backup may not.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken).ConfigureAwait(false);
        await PlaintextMigration.EncryptAsync(db, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes away the lock of a migration that was killed. On SQLite it is a row that its owner deletes, and whoever migrates next waits for
    /// that without end. The service's own lock says that nobody else migrates.
    /// </summary>
    private static async Task ReleaseAbandonedAsync(UnlearningDbContext db, CancellationToken cancellationToken)
    {
        if (await db.Database.CanConnectAsync(cancellationToken).ConfigureAwait(false))
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
