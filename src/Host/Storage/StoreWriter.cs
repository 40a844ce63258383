using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Unlearning.Host.Audit;

namespace Unlearning.Host.Storage;

/// <summary>
/// Runs every write to <c>unlearning.db</c> in a serializable transaction of its own, one at a time in this process.
/// On SQLite such a transaction takes the write lock at its first statement, so read-then-write inside it loses no update even
/// against another process; the gate only spares this process the lock's polling. What was enlisted for the audit goes to its file after
/// the commit.
/// </summary>
public sealed class StoreWriter(IDbContextFactory<UnlearningDbContext> contexts, AuditOutbox? audit = null) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Calls <paramref name="work"/>, saves what it changed, and returns its result once that is committed.</summary>
    public async Task<T> WriteAsync<T>(Func<UnlearningDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        bool audited;
        T result;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await using IDbContextTransaction transaction =
                await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken).ConfigureAwait(false);
            result = await work(db, cancellationToken).ConfigureAwait(false);
            audited = AuditOutbox.IsEnlisted(db);
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }

        if (audited && audit is not null)
        {
            await audit.DrainAsync().ConfigureAwait(false);
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();
}
