using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Policies.Costly;

namespace Unlearning.Host.Incidents;

/// <summary>Gives detectors the prompts of incidents that people or policies confirmed.</summary>
public sealed class KnownIncidents(IDbContextFactory<UnlearningDbContext> contexts) : IKnownIncidents
{
    /// <summary>The most prompts that are given; comparing with each costs a little.</summary>
    public const int Most = 500;

    private static readonly IncidentStatus[] _harmful = [IncidentStatus.Confirmed, IncidentStatus.Remediated, IncidentStatus.Recurred];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> GetPromptsAsync(string hazard, CancellationToken cancellationToken)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);

        // One by one, as the index has them; together they would all be sorted.
        List<(DateTimeOffset LastSeen, string Prompt)> prompts = [];
        foreach (IncidentStatus status in _harmful)
        {
            var some = await db.Incidents.AsNoTracking()
                .Where(incident => incident.Hazard == hazard && incident.Status == status && incident.PromptMatched)
                .OrderByDescending(incident => incident.LastSeen).ThenByDescending(incident => incident.Id).Take(Most)
                .Select(incident => new { incident.LastSeen, incident.Prompt }).ToListAsync(cancellationToken).ConfigureAwait(false);
            prompts.AddRange(some.Select(one => (one.LastSeen, one.Prompt)));
        }

        return [.. prompts.OrderByDescending(one => one.LastSeen).Take(Most).Select(one => one.Prompt)];
    }
}
