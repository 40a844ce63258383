using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents;

/// <summary>
/// Chooses what a run forgets. Only harmful answers qualify: an incident whose prompt was harmful but whose answer was not, a
/// refusal, is never chosen. A fingerprint is one incident, so no repetition of a prompt weighs more than one.
/// </summary>
public sealed class IncidentSelection(IDbContextFactory<UnlearningDbContext> contexts, IOptions<SelectionOptions> options)
{
    /// <summary>
    /// Selects from the incidents of one base model. The same store and options give the same selection in the same order: severity
    /// first, then fingerprint, which is keyed and so cannot be aimed at.
    /// </summary>
    /// <param name="baseModelHash">SHA-256 of the base model's weights, in hex.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public async Task<SelectedIncidents> SelectAsync(string baseModelHash, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        IQueryable<Incident> harmful = Harmful(db, baseModelHash);
        IQueryable<Incident> open = harmful
            .Where(incident => incident.Status == IncidentStatus.Confirmed || incident.Status == IncidentStatus.Recurred);

        List<Incident> forget = [], duplicates = [];
        HashSet<(string, string)> texts = [];
        Dictionary<string, int> perSubject = new(StringComparer.Ordinal);
        int bySubject = 0, bySize = 0;
        await foreach (Incident incident in open.AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (texts.Contains((incident.Prompt, incident.Answer)))
            {
                duplicates.Add(incident);
            }
            else if (forget.Count == options.Value.MaximumIncidents)
            {
                bySize++;
            }
            else if (incident.SubjectHash is { } subject && perSubject.GetValueOrDefault(subject) == options.Value.MaximumPerSubject)
            {
                bySubject++;
            }
            else
            {
                texts.Add((incident.Prompt, incident.Answer));
                forget.Add(incident);
                if (incident.SubjectHash is not null)
                {
                    perSubject[incident.SubjectHash] = perSubject.GetValueOrDefault(incident.SubjectHash) + 1;
                }
            }
        }

        List<Incident> replay = await harmful
            .Where(incident => incident.Status == IncidentStatus.Remediated)
            .Take(options.Value.MaximumReplayed).ToListAsync(cancellationToken).ConfigureAwait(false);
        return new SelectedIncidents
        {
            Forget = forget,
            Replay = replay,
            LeftOutBySubject = bySubject,
            Duplicates = duplicates,
            LeftOutBySize = bySize,
        };
    }

    /// <summary>Incidents that runs remediated, whether or not they are replayed, in the order of their texts.</summary>
    /// <param name="baseModelHash">SHA-256 of the base model's weights, in hex.</param>
    /// <param name="most">How many at most; the most severe ones.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<IReadOnlyList<Incident>> EarlierAsync(string baseModelHash, int most, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        List<Incident> remediated = await Harmful(db, baseModelHash)
            .Where(incident => incident.Status == IncidentStatus.Remediated)
            .Take(most).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. remediated.OrderBy(incident => incident.Prompt, StringComparer.Ordinal).DistinctBy(incident => incident.Prompt)];
    }

    private static IQueryable<Incident> Harmful(UnlearningDbContext db, string baseModelHash) => db.Incidents.AsNoTracking()
        .Where(incident => incident.BaseModelHash == baseModelHash && incident.AnswerMatched && incident.RemediationEnabled)
        .OrderByDescending(incident => incident.Severity).ThenBy(incident => incident.Fingerprint);
}
