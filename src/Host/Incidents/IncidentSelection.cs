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
    // Rows that are decrypted together, to see whether two say the same.
    private const int AtOnce = 256;

    /// <summary>
    /// Selects from the incidents of one base model. The same store and options give the same selection in the same order: severity
    /// first, then fingerprint, which is keyed and so cannot be aimed at. Reads no more of the store than it takes, but for an index.
    /// </summary>
    /// <param name="baseModelHash">SHA-256 of the base model's weights, in hex.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public async Task<SelectedIncidents> SelectAsync(string baseModelHash, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        List<Incident> forget = [], duplicates = [];
        HashSet<(string, string)> texts = [];
        Dictionary<string, int> perSubject = new(StringComparer.Ordinal);
        int bySubject = 0, seen = 0;
        List<Guid> waiting = [];
        await using (OpenIncidents open = await OpenIncidents.ReadAsync(contexts, baseModelHash, cancellationToken).ConfigureAwait(false))
        {
            while (forget.Count < options.Value.MaximumIncidents && await open.NextAsync().ConfigureAwait(false) is { } candidate)
            {
                seen++;

                // What is waiting may be a duplicate and free a subject's place, so it is looked at before anything is left out.
                if (candidate.SubjectHash is { } subject && Full(subject))
                {
                    bySubject++;
                    continue;
                }

                waiting.Add(candidate.Id);
                if (candidate.SubjectHash is not null)
                    perSubject[candidate.SubjectHash] = perSubject.GetValueOrDefault(candidate.SubjectHash) + 1;
                if (waiting.Count == AtOnce || waiting.Count == options.Value.MaximumIncidents - forget.Count
                    || (candidate.SubjectHash is { } mine && Full(mine)))
                {
                    await TakeAsync().ConfigureAwait(false);
                }
            }

            await TakeAsync().ConfigureAwait(false);
        }

        int all = await Harmful(db, baseModelHash)
            .CountAsync(incident => incident.Status == IncidentStatus.Confirmed || incident.Status == IncidentStatus.Recurred, cancellationToken).ConfigureAwait(false);
        List<Incident> replay = await Ordered(Harmful(db, baseModelHash))
            .Where(incident => incident.Status == IncidentStatus.Remediated)
            .Take(options.Value.MaximumReplayed).ToListAsync(cancellationToken).ConfigureAwait(false);
        return new SelectedIncidents
        {
            Forget = forget,
            Replay = replay,
            LeftOutBySubject = bySubject,
            Duplicates = duplicates,
            LeftOutBySize = Math.Max(0, all - seen),
        };

        bool Full(string subject) => perSubject.GetValueOrDefault(subject) == options.Value.MaximumPerSubject;

        async Task TakeAsync()
        {
            if (waiting.Count == 0)
                return;
            Guid[] ids = [.. waiting];
            waiting.Clear();
            foreach (Incident incident in await Ordered(db.Incidents.AsNoTracking().Where(incident => ids.Contains(incident.Id)))
                .ToListAsync(cancellationToken).ConfigureAwait(false))
            {
                if (texts.Add((incident.Prompt, incident.Answer)))
                {
                    forget.Add(incident);
                    continue;
                }

                duplicates.Add(incident);
                if (incident.SubjectHash is { } subject)
                    perSubject[subject]--;
            }
        }
    }

    /// <summary>Incidents that runs remediated, whether or not they are replayed, in the order of their texts.</summary>
    /// <param name="baseModelHash">SHA-256 of the base model's weights, in hex.</param>
    /// <param name="most">How many at most; the most severe ones.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<IReadOnlyList<Incident>> EarlierAsync(string baseModelHash, int most, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        List<Incident> remediated = await Ordered(Harmful(db, baseModelHash))
            .Where(incident => incident.Status == IncidentStatus.Remediated)
            .Take(most).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. remediated.OrderBy(incident => incident.Prompt, StringComparer.Ordinal).DistinctBy(incident => incident.Prompt)];
    }

    /// <summary>Incidents of a base model that there is something to forget of, in no order.</summary>
    internal static IQueryable<Incident> Harmful(UnlearningDbContext db, string baseModelHash) => db.Incidents.AsNoTracking()
        .Where(incident => incident.BaseModelHash == baseModelHash && incident.AnswerMatched && incident.RemediationEnabled);

    /// <summary>The gravest first.</summary>
    internal static IQueryable<Incident> Ordered(IQueryable<Incident> incidents) =>
        incidents.OrderByDescending(incident => incident.Severity).ThenBy(incident => incident.Fingerprint);
}
