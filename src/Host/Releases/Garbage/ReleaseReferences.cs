using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Runs;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Releases.Garbage;

/// <summary>What the database needs releases for.</summary>
/// <param name="Releases">Releases that an active run made or started from, an incident was remediated by, or somebody decided about lately.</param>
/// <param name="ActiveRuns">Runs that are not over: queued, under way, paused or waiting for approval.</param>
public sealed record ReleaseReferences(IReadOnlySet<string> Releases, IReadOnlySet<string> ActiveRuns)
{
    /// <summary>Reads them.</summary>
    internal static async Task<ReleaseReferences> ReadAsync(
        IDbContextFactory<UnlearningDbContext> contexts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var active = await db.Runs.AsNoTracking()
            .Where(run => run.State != RunState.Completed && run.State != RunState.Failed && run.State != RunState.Cancelled)
            .Select(run => new { run.RunId, run.ReleaseId, run.Manifest }).ToListAsync(cancellationToken).ConfigureAwait(false);
        List<string?> remediating = await db.Incidents.Where(incident => incident.RemediatedBy != null)
            .Select(incident => incident.RemediatedBy).Distinct().ToListAsync(cancellationToken).ConfigureAwait(false);
        List<string> decided = await db.Set<Approvals.Approval>().Where(approval => approval.ExpiresAt > now)
            .Select(approval => approval.ReleaseId).Distinct().ToListAsync(cancellationToken).ConfigureAwait(false);
        IEnumerable<string?> parents = active.Where(run => run.Manifest is not null)
            .Select(run => JsonSerializer.Deserialize<ReleaseManifest>(run.Manifest!)?.Parent);
        return new ReleaseReferences(
            active.Select(run => run.ReleaseId).Concat(parents).Concat(remediating).Concat(decided).OfType<string>().ToHashSet(StringComparer.Ordinal),
            active.Select(run => run.RunId).ToHashSet(StringComparer.Ordinal));
    }
}
