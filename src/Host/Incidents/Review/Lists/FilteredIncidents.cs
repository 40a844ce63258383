using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review.Lists;

/// <summary>Turns a filter into queries that an index answers in the order of a page, whatever the filter.</summary>
/// <remarks>
/// Statuses and severities are few, so a filter that leaves them open is as many runs of an index as there are, to be merged: every run is
/// one equal beginning of an index, in the order of a page, and holds the columns of what else is asked. A single query would have the store
/// sort, or read what others have most of to find what is rare.
/// </remarks>
internal static class FilteredIncidents
{
    private static readonly IncidentStatus[] _statuses = Enum.GetValues<IncidentStatus>();
    private static readonly int[] _severities = [0, 1, 2, 3, 4];

    /// <summary>The incidents that fit a filter, each in exactly one of the queries, which are in no order.</summary>
    /// <param name="db">The store.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="deadlines">Which are overdue.</param>
    /// <param name="me">Who asks.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ReviewException">The severity is none.</exception>
    public static async Task<IReadOnlyList<IQueryable<Incident>>> RunsAsync(
        UnlearningDbContext db, IncidentFilter filter, ReviewDeadlines deadlines, string me, CancellationToken cancellationToken)
    {
        if (filter.Overdue)
            return await OverdueAsync(db, filter, deadlines, me, cancellationToken).ConfigureAwait(false);
        if (filter.Severity is < 0 or > 4)
            throw new ReviewException($"severity is {filter.Severity}. Set it to 0 to 4.", field: "severity");
        IQueryable<Incident> incidents = db.Incidents.AsNoTracking();
        if (filter.Since is { } since)
            incidents = incidents.Where(incident => incident.LastSeen >= since);
        if (filter.Policy is { } policy)
            incidents = incidents.Where(incident => incident.Policy == policy);
        if (filter.Assignee == IncidentFilter.Nobody)
            incidents = incidents.Where(incident => incident.Assignee == null);

        IncidentStatus[] statuses = filter.Status is { } status ? [status] : _statuses;
        int least = filter.Severity ?? 0;
        string[]? hazards = filter.Hazard is { } hazard ? await HazardsAsync(db, hazard, cancellationToken).ConfigureAwait(false) : null;

        // Nobody has so many that the other conditions matter.
        if (filter.Assignee is { } name and not IncidentFilter.Nobody)
        {
            string whose = name == IncidentFilter.Me ? me : name;
            incidents = incidents.Where(incident => incident.Assignee == whose && incident.Severity >= least);
            if (hazards is not null)
                incidents = incidents.Where(incident => hazards.Contains(incident.Hazard));
            return [filter.Status is null ? incidents : incidents.Where(incident => statuses.Contains(incident.Status))];
        }

        if (hazards is not null || filter.Policy is not null)
        {
            IQueryable<Incident> grave = least == 0 ? incidents : incidents.Where(incident => incident.Severity >= least);
            IQueryable<Incident>[] begun = hazards is null ? [grave] : [.. hazards.Select(one => grave.Where(incident => incident.Hazard == one))];
            return [.. begun.SelectMany(one => statuses.Select(stands => one.Where(incident => incident.Status == stands)))];
        }

        return filter.Status is null && least == 0
            ? [incidents]
            :
            [
                .. statuses.SelectMany(stands => _severities.Where(severity => severity >= least)
                    .Select(severity => incidents.Where(incident => incident.Status == stands && incident.Severity == severity))),
            ];
    }

    // A run for each policy that sets a time. What is new of it is read by the index, and when it was first seen from its rows.
    private static async Task<IReadOnlyList<IQueryable<Incident>>> OverdueAsync(
        UnlearningDbContext db, IncidentFilter filter, ReviewDeadlines deadlines, string me, CancellationToken cancellationToken)
    {
        List<IQueryable<Incident>> runs = [];
        if (filter.Status is not (null or IncidentStatus.New))
            return runs;
        foreach ((string policy, DateTimeOffset latest) in deadlines.FirstSeenBefore.Where(one => filter.Policy is null || filter.Policy == one.Key))
        {
            IncidentFilter of = filter with { Overdue = false, Status = IncidentStatus.New, Policy = policy };
            runs.AddRange((await RunsAsync(db, of, deadlines, me, cancellationToken).ConfigureAwait(false))
                .Select(run => run.Where(incident => incident.FirstSeen < latest)));
        }

        return runs;
    }

    // Of a name without its taxonomy all that end so. One search in the index for each hazard there is; "distinct" would read all of it.
    private static async Task<string[]> HazardsAsync(UnlearningDbContext db, string named, CancellationToken cancellationToken)
    {
        if (named.Contains(':', StringComparison.Ordinal))
            return [named];
        List<string> hazards = [];
        string last = "";
        while (await db.Incidents.Where(incident => string.Compare(incident.Hazard, last) > 0).OrderBy(incident => incident.Hazard)
            .Select(incident => incident.Hazard).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is { } next)
        {
            if (next == named || next.EndsWith($":{named}", StringComparison.Ordinal))
                hazards.Add(next);
            last = next;
        }

        return [.. hazards];
    }
}
