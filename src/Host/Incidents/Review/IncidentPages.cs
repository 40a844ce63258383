using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review;

/// <summary>Reads incidents page by page, at a cost that does not grow with the pages before.</summary>
internal static class IncidentPages
{
    /// <summary>The most incidents of one page.</summary>
    public const int Most = 10_000;

    /// <summary>How far is counted.</summary>
    public const int Counted = 10_000;

    // Parameters of one query.
    private const int Chunk = 500;

    /// <summary>Reads a page.</summary>
    /// <param name="db">The store.</param>
    /// <param name="filtered">Which incidents.</param>
    /// <param name="rules">How many reviewers they need.</param>
    /// <param name="limit">How many at most, 1 to <see cref="Most"/>.</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IncidentList> ReadAsync(
        UnlearningDbContext db, IQueryable<Incident> filtered, IReviewRules rules, int limit, string? cursor, CancellationToken cancellationToken)
    {
        IQueryable<Incident> rest = filtered;
        if (cursor is not null)
        {
            (DateTimeOffset at, Guid last) = IncidentCursor.Parse(cursor);
            rest = rest.Where(incident => incident.LastSeen <= at && (incident.LastSeen < at || incident.Id < last));
        }

        // Ids first, which the index alone answers; then the rows that are shown, and nothing of them that would have to be decrypted.
        var found = await rest.OrderByDescending(incident => incident.LastSeen).ThenByDescending(incident => incident.Id).Take(limit + 1)
            .Select(incident => new { incident.Id, incident.LastSeen }).ToListAsync(cancellationToken).ConfigureAwait(false);
        bool more = found.Count > limit;
        Guid[] ids = [.. found.Take(limit).Select(row => row.Id)];
        int total = cursor is null && !more
            ? ids.Length
            : await filtered.Select(incident => incident.Id).Take(Counted + 1).CountAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<Guid, IncidentLine> lines = [];
        foreach (Guid[] chunk in ids.Chunk(Chunk))
        {
            await ReadLinesAsync(db, chunk, rules, lines, cancellationToken).ConfigureAwait(false);
        }

        return new IncidentList(
            Math.Min(total, Counted),
            total > Counted,
            [.. ids.Where(lines.ContainsKey).Select(id => lines[id])],
            more ? new IncidentCursor(found[limit - 1].LastSeen, found[limit - 1].Id).ToString() : null);
    }

    private static async Task ReadLinesAsync(
        UnlearningDbContext db, Guid[] ids, IReviewRules rules, Dictionary<Guid, IncidentLine> lines, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<Guid, string> names = await IncidentIds.ShortAsync(db, ids, cancellationToken).ConfigureAwait(false);
        ILookup<Guid, bool> judged = (await db.Judgements.AsNoTracking().Where(one => ids.Contains(one.IncidentId))
                .Select(one => new { one.IncidentId, one.Harmful }).ToListAsync(cancellationToken).ConfigureAwait(false))
            .ToLookup(one => one.IncidentId, one => one.Harmful);
        await foreach (var row in db.Incidents.AsNoTracking().Where(incident => ids.Contains(incident.Id))
            .Select(row => new { row.Id, row.LastSeen, row.Status, row.Hazard, row.Policy, row.Severity, row.Count, row.ReleaseId, row.Assignee })
            .AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            lines[row.Id] = new IncidentLine(
                row.Id,
                names[row.Id],
                row.LastSeen,
                StatusWord.Of(row.Status),
                row.Hazard,
                row.Policy,
                row.Severity,
                row.Count,
                row.ReleaseId,
                row.Assignee,
                judged[row.Id].Any() ? ReviewTally.Of(judged[row.Id], rules.MinReviewers(row.Policy)).Words(row.Status) : null);
        }
    }
}
