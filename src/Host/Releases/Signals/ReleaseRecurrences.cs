using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Releases.Signals;

/// <summary>
/// Counts what came back. A canary's incidents are not remediated yet, so what it was trained on is known from its run, not from the
/// incidents alone.
/// </summary>
public sealed class ReleaseRecurrences(IDbContextFactory<UnlearningDbContext> contexts, ReleaseStore releases)
{
    /// <summary>Counts the recurrences of a release since a moment.</summary>
    public async Task<RecurrenceFigures> CountAsync(string releaseId, DateTimeOffset since, CancellationToken cancellationToken = default)
    {
        string[] lineage = [.. releases.Lineage(releaseId).Where(id => id != Release.BaseId)];
        string? run = releases.FindManifest(releaseId)?.RunId;
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        IQueryable<Guid> forgotten = db.RunIncidents.Where(row => row.RunId == run).Select(row => row.IncidentId)
            .Union(db.Incidents
                .Where(incident => (incident.Status == IncidentStatus.Remediated || incident.Status == IncidentStatus.Recurred)
                    && lineage.Contains(incident.RemediatedBy))
                .Select(incident => incident.Id));
        int count = await forgotten.CountAsync(cancellationToken).ConfigureAwait(false);
        int recurred = await db.Occurrences
            .Where(occurrence => occurrence.ReleaseId == releaseId && occurrence.AnswerMatched && occurrence.At >= since
                && forgotten.Contains(occurrence.IncidentId))
            .Select(occurrence => occurrence.IncidentId).Distinct().CountAsync(cancellationToken).ConfigureAwait(false);
        return new RecurrenceFigures(count, recurred);
    }
}
