using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Incidents;

namespace Unlearning.Host.Privacy;

/// <summary>What is left of an incident whose text is deleted.</summary>
internal static class TextDeletion
{
    /// <summary>
    /// Deletes text. Without its answer there is nothing to forget, so no run selects the incident until a harmful answer is seen anew,
    /// which then asks for a new judgement.
    /// </summary>
    /// <returns>How many incidents there were.</returns>
    public static Task<int> DeleteTextAsync(this IQueryable<Incident> incidents, CancellationToken cancellationToken) => incidents.ExecuteUpdateAsync(
        set => set.SetProperty(incident => incident.Prompt, "")
            .SetProperty(incident => incident.Answer, "")
            .SetProperty(incident => incident.AnswerMatched, false)
            .SetProperty(incident => incident.SubjectHash, (string?)null)
            .SetProperty(incident => incident.TextAt, (DateTimeOffset?)null),
        cancellationToken);
}
