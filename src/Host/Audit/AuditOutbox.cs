using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Audit;

/// <summary>
/// Carries events from the database to the audit's file: an event is a row of the transaction that makes the change, so both are there or
/// neither, and goes to the file after the commit, at the latest at the next start.
/// </summary>
public sealed partial class AuditOutbox(IDbContextFactory<UnlearningDbContext> contexts, AuditLog log, ILogger<AuditOutbox> logger) : IHostedService, IDisposable
{
    private const int Batch = 50;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Adds an event to a transaction that is under way.</summary>
    public static void Enlist(UnlearningDbContext db, AuditEvent one)
    {
        ArgumentNullException.ThrowIfNull(db);
        db.PendingAudit.Add(new PendingAudit { Event = JsonSerializer.Serialize(one, JsonSerializerOptions.Web) });
    }

    /// <summary>Whether a transaction that is under way has an event to carry.</summary>
    internal static bool IsEnlisted(UnlearningDbContext db) => db.ChangeTracker.Entries<PendingAudit>().Any();

    /// <summary>Moves what is waiting to the file. What cannot be moved now stays for the next time.</summary>
    public async Task DrainAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await using UnlearningDbContext db = await contexts.CreateDbContextAsync().ConfigureAwait(false);
            while (await db.PendingAudit.AnyAsync().ConfigureAwait(false))
            {
                await MoveAsync(db).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The change is committed and its event with it; the file catches up.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotMoved(log.Path, failure);
        }
        finally
        {
            _gate.Release();
        }
    }

    // The file is held until the rows are gone, so that no other process moves them, too. What a crash left in both is at the file's end.
    private async Task MoveAsync(UnlearningDbContext db)
    {
        using AuditFile file = log.Open();
        List<PendingAudit> rows = await db.PendingAudit.AsNoTracking().OrderBy(row => row.Sequence).Take(Batch).ToListAsync().ConfigureAwait(false);
        string tail = file.Tail();
        log.Append(
            file,
            [
                .. rows.Select(row => JsonSerializer.Deserialize<AuditEvent>(row.Event, JsonSerializerOptions.Web)!)
                    .Where(one => !tail.Contains($"\"{one.Id}\"", StringComparison.Ordinal)),
            ]);
        long[] moved = [.. rows.Select(row => row.Sequence)];
        await db.PendingAudit.Where(row => moved.Contains(row.Sequence)).ExecuteDeleteAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        log.Mend();
        return DrainAsync();
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => DrainAsync();

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    [LoggerMessage(
        EventId = 6002,
        EventName = "AuditBehind",
        Level = LogLevel.Error,
        Message = "Events could not be moved to '{Path}'; they wait in the database, and the next change or start tries again.")]
    private partial void LogNotMoved(string path, Exception failure);
}
