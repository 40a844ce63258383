using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review.Judging;

/// <summary>Counts one reviewer's judgements, in a transaction that is under way, and moves incidents on when enough agree.</summary>
/// <param name="rules">How many that is; where they cannot tell, nothing is judged and a <see cref="ReviewException"/> says why.</param>
/// <param name="reviewer">Who judges.</param>
/// <param name="now">When.</param>
internal sealed class IncidentJudging(IReviewRules rules, string reviewer, DateTimeOffset now)
{
    // Parameters of one query.
    private const int Chunk = 500;

    /// <summary>Judges incidents. One that was remediated, or came back, was judged before and stays as it is.</summary>
    public Task<IReadOnlyList<JudgedIncident>> JudgeAsync(UnlearningDbContext db, IReadOnlyList<Guid> ids, bool harmful, CancellationToken cancellationToken) =>
        EachAsync(
            db,
            ids,
            (id, status, needed, judgements) =>
            {
                IncidentJudgement? own = judgements.Find(one => one.By == reviewer);
                if (needed == 1 && status == ReviewTally.Judged(harmful) && own?.Harmful != !harmful)
                    return (status, false);
                bool changed = own?.Harmful != harmful;
                if (own is null)
                {
                    own = new IncidentJudgement { IncidentId = id, By = reviewer, Harmful = harmful, At = now };
                    db.Judgements.Add(own);
                    judgements.Add(own);
                }
                else if (changed)
                {
                    (own.Harmful, own.At) = (harmful, now);
                }

                IncidentStatus after = Tally(judgements, needed).After(status, harmful);
                return (after, changed || after != status);
            },
            cancellationToken);

    /// <summary>Opens incidents again, without any judgement, or with those of others only.</summary>
    /// <param name="db">The transaction's context.</param>
    /// <param name="ids">Which.</param>
    /// <param name="ownOnly">Takes back the reviewer's own judgement alone; an incident without one stays as it is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<IReadOnlyList<JudgedIncident>> ReopenAsync(UnlearningDbContext db, IReadOnlyList<Guid> ids, bool ownOnly, CancellationToken cancellationToken) =>
        EachAsync(
            db,
            ids,
            (_, status, needed, judgements) =>
            {
                IncidentJudgement[] withdrawn = [.. judgements.Where(one => !ownOnly || one.By == reviewer)];
                if (ownOnly && withdrawn.Length == 0)
                    return (status, false);
                db.Judgements.RemoveRange(withdrawn);
                judgements.RemoveAll(withdrawn.Contains);
                bool? decision = needed == 1 ? judgements.MaxBy(one => one.At)?.Harmful : Tally(judgements, needed).Decision;
                IncidentStatus after = decision is { } left ? ReviewTally.Judged(left) : IncidentStatus.New;
                return (after, after != status || withdrawn.Length > 0);
            },
            cancellationToken);

    private async Task<IReadOnlyList<JudgedIncident>> EachAsync(
        UnlearningDbContext db,
        IReadOnlyList<Guid> ids,
        Func<Guid, IncidentStatus, int, List<IncidentJudgement>, (IncidentStatus After, bool Changed)> judge,
        CancellationToken cancellationToken)
    {
        List<JudgedIncident> judged = [];
        foreach (Guid[] chunk in ids.Chunk(Chunk))
        {
            var rows = await db.Incidents.Where(incident => chunk.Contains(incident.Id)).Select(incident => new { incident.Id, incident.Status, incident.Policy })
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            ILookup<Guid, IncidentJudgement> known = (await db.Judgements.Where(one => chunk.Contains(one.IncidentId))
                .ToListAsync(cancellationToken).ConfigureAwait(false)).ToLookup(one => one.IncidentId);
            foreach (var row in rows)
            {
                if (rules.WhyUnknown(row.Policy) is { } why)
                    throw new ReviewException(why, ReviewProblem.Conflict);
                int needed = rules.MinReviewers(row.Policy);
                List<IncidentJudgement> judgements = [.. known[row.Id]];
                (IncidentStatus after, bool changed) = row.Status is IncidentStatus.Remediated or IncidentStatus.Recurred
                    ? (row.Status, false)
                    : judge(row.Id, row.Status, needed, judgements);
                judged.Add(new JudgedIncident(row.Id, row.Status, after, changed, Tally(judgements, needed)));
            }

            foreach (IGrouping<IncidentStatus, JudgedIncident> moved in judged.TakeLast(rows.Count).Where(one => one.Before != one.After).GroupBy(one => one.After))
            {
                Guid[] there = [.. moved.Select(one => one.Id)];
                DateTimeOffset? confirmed = moved.Key == IncidentStatus.Confirmed ? now : null;
                await db.Incidents.Where(incident => there.Contains(incident.Id)).ExecuteUpdateAsync(
                    set => set.SetProperty(incident => incident.Status, moved.Key).SetProperty(incident => incident.ConfirmedAt, confirmed),
                    cancellationToken).ConfigureAwait(false);
            }
        }

        return judged;
    }

    private static ReviewTally Tally(IEnumerable<IncidentJudgement> judgements, int needed) => ReviewTally.Of(judgements.Select(one => one.Harmful), needed);
}
