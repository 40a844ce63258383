using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review;

/// <summary>Turns a filter into a query that one index answers, whatever the filter.</summary>
/// <remarks>
/// The most telling condition chooses the index (assignee, hazard, policy, status, else the time), which is in the order of a page and holds
/// the columns of the other conditions, so that no row is read that is not shown. The status is written so that its own index is no
/// candidate where another condition tells more: without statistics the store could not know, and would sort.
/// </remarks>
internal static class FilteredIncidents
{
    private static readonly IncidentStatus[] _statuses = Enum.GetValues<IncidentStatus>();

    /// <summary>The incidents that fit a filter, in no order.</summary>
    /// <param name="db">The store.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="me">Who asks.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ReviewException">The severity is none.</exception>
    public static async Task<IQueryable<Incident>> QueryAsync(
        UnlearningDbContext db, IncidentFilter filter, string me, CancellationToken cancellationToken)
    {
        if (filter.Severity is < 0 or > 4)
            throw new ReviewException($"severity is {filter.Severity}. Set it to 0 to 4.", field: "severity");
        IQueryable<Incident> incidents = db.Incidents.AsNoTracking();
        if (filter.Assignee == IncidentFilter.Nobody)
            incidents = incidents.Where(incident => incident.Assignee == null);
        else if (filter.Assignee is { } name)
            incidents = incidents.Where(incident => incident.Assignee == (name == IncidentFilter.Me ? me : name));

        if (filter.Hazard is { } hazard)
        {
            string[] names = hazard.Contains(':', StringComparison.Ordinal)
                ? [hazard]
                : [.. (await HazardsAsync(db, cancellationToken).ConfigureAwait(false))
                    .Where(known => known == hazard || known.EndsWith($":{hazard}", StringComparison.Ordinal))];
            incidents = names is [var one] ? incidents.Where(incident => incident.Hazard == one) : incidents.Where(incident => names.Contains(incident.Hazard));
        }

        if (filter.Policy is { } policy)
            incidents = incidents.Where(incident => incident.Policy == policy);
        if (filter.Status is { } status)
        {
            IncidentStatus[] others = [.. _statuses.Where(other => other != status)];
            bool chosenByAnother = filter.Hazard is not null || filter.Policy is not null || filter.Assignee is not (null or IncidentFilter.Nobody);
            incidents = chosenByAnother
                ? incidents.Where(incident => !others.Contains(incident.Status))
                : incidents.Where(incident => incident.Status == status);
        }

        if (filter.Severity is { } least)
            incidents = incidents.Where(incident => incident.Severity >= least);
        return filter.Since is { } since ? incidents.Where(incident => incident.LastSeen >= since) : incidents;
    }

    // One search in the index each; "distinct" would read all of it.
    private static async Task<IReadOnlyList<string>> HazardsAsync(UnlearningDbContext db, CancellationToken cancellationToken)
    {
        List<string> hazards = [];
        string last = "";
        while (await db.Incidents.Where(incident => string.Compare(incident.Hazard, last) > 0).OrderBy(incident => incident.Hazard)
            .Select(incident => incident.Hazard).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is { } next)
        {
            hazards.Add(next);
            last = next;
        }

        return hazards;
    }
}
