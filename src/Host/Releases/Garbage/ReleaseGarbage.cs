using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Releases.Garbage;

/// <summary>Finds and deletes releases that nothing needs. With the database down it deletes nothing: it could not know.</summary>
internal sealed partial class ReleaseGarbage(
    ReleaseStore releases,
    LiveReleaseJournal journal,
    ReleaseChanges changes,
    IDbContextFactory<UnlearningDbContext> contexts,
    AuditLog audit,
    IOptions<ReleaseOptions> options,
    TimeProvider time,
    ILogger<ReleaseGarbage> logger)
{
    /// <summary>Says of every release whether it is needed, and changes nothing.</summary>
    public async Task<IReadOnlyList<GarbageVerdict>> ListAsync(CancellationToken cancellationToken = default)
    {
        DateTimeOffset now = time.GetUtcNow();
        return Judge(await ReleaseReferences.ReadAsync(contexts, now, cancellationToken).ConfigureAwait(false), now);
    }

    /// <summary>Deletes what nothing needs, one release at a time; a crash leaves whole releases only. Each deletion is in the audit.</summary>
    /// <param name="actor">Who wishes it.</param>
    /// <param name="reason">Why, for the audit.</param>
    /// <param name="cancellationToken">Cancels between two releases.</param>
    /// <returns>The ids of the deleted releases.</returns>
    public async Task<IReadOnlyList<string>> CollectAsync(Actor actor, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        List<string> deleted = [];
        foreach (string id in (await ListAsync(cancellationToken).ConfigureAwait(false)).Where(one => one.KeptBecause is null).Select(one => one.ReleaseId))
        {
            // The database is asked before, so that no rollback waits for it; what serves is looked at again while nothing can change it.
            DateTimeOffset now = time.GetUtcNow();
            ReleaseReferences references = await ReleaseReferences.ReadAsync(contexts, now, cancellationToken).ConfigureAwait(false);
            string? debris = await changes.WhileNothingChangesAsync(
                () => Judge(references, now).FirstOrDefault(one => one.ReleaseId == id) is { KeptBecause: null } ? releases.TakeName(id) : null,
                cancellationToken).ConfigureAwait(false);
            if (debris is not null)
            {
                Delete(id, debris, actor, reason);
                deleted.Add(id);
            }
        }

        return deleted;
    }

    // No file goes before the audit has it.
    private void Delete(string id, string debris, Actor actor, string reason)
    {
        try
        {
            audit.Append(AuditEvent.Create(time, actor, "release.delete", id, reason));
        }
        catch
        {
            releases.GiveName(id, debris);
            throw;
        }

        Directory.Delete(debris, recursive: true);
        LogDeleted(id);
    }

    private IReadOnlyList<GarbageVerdict> Judge(ReleaseReferences references, DateTimeOffset now) => ReleaseKeeping.Judge(
        [.. releases.List().Where(releases.Contains).Select(id => (id, ManifestOf(id), releases.SavedAt(id)))],
        journal.Read(),
        references,
        options.Value.Keep,
        now - options.Value.MinimumAge);

    private ReleaseManifest? ManifestOf(string id)
    {
        try
        {
            return releases.FindManifest(id);
        }
        catch (ReleaseException)
        {
            return null;
        }
    }

    [LoggerMessage(
        EventId = 3011,
        EventName = "ReleaseDeleted",
        Level = LogLevel.Information,
        Message = "Release {ReleaseId} is deleted; nothing needs it.")]
    private partial void LogDeleted(string releaseId);
}
