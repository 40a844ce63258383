using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Policies.Costly;

namespace Unlearning.Host.Incidents;

/// <summary>Gives detectors the prompts of incidents that people or policies confirmed.</summary>
public sealed class KnownIncidents(IDbContextFactory<UnlearningDbContext> contexts) : IKnownIncidents
{
    /// <summary>The most prompts that are given; comparing with each costs a little.</summary>
    public const int Most = 500;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> GetPromptsAsync(string hazard, CancellationToken cancellationToken)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await db.Incidents.AsNoTracking()
            .Where(incident => incident.Hazard == hazard && incident.PromptMatched
                && (incident.Status == IncidentStatus.Confirmed || incident.Status == IncidentStatus.Remediated
                    || incident.Status == IncidentStatus.Recurred))
            .OrderByDescending(incident => incident.LastSeen).ThenBy(incident => incident.Id)
            .Select(incident => incident.Prompt)
            .Take(Most).ToListAsync(cancellationToken).ConfigureAwait(false);
    }
}
