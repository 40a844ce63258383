using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Incidents.Review.Judging;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review.Lists;

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
    /// <param name="runs">Which incidents: each in exactly one of these.</param>
    /// <param name="rules">How many reviewers they need.</param>
    /// <param name="deadlines">Which are overdue.</param>
    /// <param name="limit">How many at most, 1 to <see cref="Most"/>.</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IncidentList> ReadAsync(
        UnlearningDbContext db,
        IReadOnlyList<IQueryable<Incident>> runs,
        IReviewRules rules,
        ReviewDeadlines deadlines,
        int limit,
        string? cursor,
        CancellationToken cancellationToken)
    {
        IncidentCursor? after = cursor is null ? null : IncidentCursor.Parse(cursor);

        // Ids first, which the index alone answers; then the rows that are shown, and nothing of them that would have to be decrypted.
        List<IncidentCursor> found = [];
        foreach (IQueryable<Incident> run in runs)
            found.AddRange(await FirstAsync(run, after, limit + 1, cancellationToken).ConfigureAwait(false));
        IncidentCursor[] page = [.. found.OrderByDescending(one => one.LastSeen).ThenByDescending(one => one.Id).Take(limit)];
        Guid[] ids = [.. page.Select(one => one.Id)];
        bool more = found.Count > limit;
        int total = cursor is null && !more ? ids.Length : await CountAsync(runs, cancellationToken).ConfigureAwait(false);
        Dictionary<Guid, IncidentLine> lines = [];
        foreach (Guid[] chunk in ids.Chunk(Chunk))
        {
            await ReadLinesAsync(db, chunk, rules, deadlines, lines, cancellationToken).ConfigureAwait(false);
        }

        return new IncidentList(
            Math.Min(total, Counted),
            total > Counted,
            [.. ids.Where(lines.ContainsKey).Select(id => lines[id])],
            more ? page[^1].ToString() : null);
    }

    private static async Task<IReadOnlyList<IncidentCursor>> FirstAsync(
        IQueryable<Incident> run, IncidentCursor? after, int most, CancellationToken cancellationToken)
    {
        if (after is { } cursor)
        {
            (DateTimeOffset at, Guid last) = cursor;
            run = run.Where(incident => incident.LastSeen <= at && (incident.LastSeen < at || incident.Id < last));
        }

        return await run.OrderByDescending(incident => incident.LastSeen).ThenByDescending(incident => incident.Id).Take(most)
            .Select(incident => new IncidentCursor(incident.LastSeen, incident.Id)).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> CountAsync(IReadOnlyList<IQueryable<Incident>> runs, CancellationToken cancellationToken)
    {
        int total = 0;
        foreach (IQueryable<Incident> run in runs)
        {
            int missing = Counted + 1 - total;
            if (missing > 0)
                total += await run.Select(incident => incident.Id).Take(missing).CountAsync(cancellationToken).ConfigureAwait(false);
        }

        return total;
    }

    private static async Task ReadLinesAsync(
        UnlearningDbContext db,
        Guid[] ids,
        IReviewRules rules,
        ReviewDeadlines deadlines,
        Dictionary<Guid, IncidentLine> lines,
        CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<Guid, string> names = await IncidentIds.ShortAsync(db, ids, cancellationToken).ConfigureAwait(false);
        ILookup<Guid, bool> judged = (await db.Judgements.AsNoTracking().Where(one => ids.Contains(one.IncidentId))
                .Select(one => new { one.IncidentId, one.Harmful }).ToListAsync(cancellationToken).ConfigureAwait(false))
            .ToLookup(one => one.IncidentId, one => one.Harmful);
        await foreach (var row in db.Incidents.AsNoTracking().Where(incident => ids.Contains(incident.Id))
            .Select(row => new { row.Id, row.FirstSeen, row.LastSeen, row.Status, row.Hazard, row.Policy, row.Severity, row.Count, row.ReleaseId, row.Assignee })
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
                judged[row.Id].Any() ? ReviewTally.Of(judged[row.Id], rules.MinReviewers(row.Policy)).Words(row.Status) : null,
                deadlines.IsOver(row.Status, row.Policy, row.FirstSeen));
        }
    }
}
