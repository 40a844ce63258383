using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Privacy;

/// <summary>What is left of an incident whose text is deleted.</summary>
internal static class TextDeletion
{
    /// <summary>
    /// Deletes text, and the comments, which may quote it. Without its answer there is nothing to forget, so no run selects the incident
    /// until a harmful answer is seen anew, which then asks for a new judgement.
    /// </summary>
    /// <param name="incidents">Which, of <paramref name="db"/>.</param>
    /// <param name="db">The transaction's context.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many incidents there were.</returns>
    public static async Task<int> DeleteTextAsync(this IQueryable<Incident> incidents, UnlearningDbContext db, CancellationToken cancellationToken)
    {
        await db.Comments.Where(comment => incidents.Any(incident => incident.Id == comment.IncidentId)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        return await incidents.ExecuteUpdateAsync(
            set => set.SetProperty(incident => incident.Prompt, "")
                .SetProperty(incident => incident.Answer, "")
                .SetProperty(incident => incident.AnswerMatched, false)
                .SetProperty(incident => incident.SubjectHash, (string?)null)
                .SetProperty(incident => incident.TextAt, (DateTimeOffset?)null),
            cancellationToken).ConfigureAwait(false);
    }
}
