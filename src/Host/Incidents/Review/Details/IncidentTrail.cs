using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Incidents.Review.Judging;
using Unlearning.Host.Runs;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review.Details;

/// <summary>Gathers everything that is stored about an incident.</summary>
internal static class IncidentTrail
{
    private const int Latest = 10;

    /// <summary>Reads it.</summary>
    /// <param name="db">The store.</param>
    /// <param name="data">The data folder, whose releases tell the base model.</param>
    /// <param name="rules">How many reviewers it needs.</param>
    /// <param name="id">The incident.</param>
    /// <param name="reveal">Whether its text is in the result.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IncidentDetails> ReadAsync(
        UnlearningDbContext db, DataFolder data, IReviewRules rules, Guid id, bool reveal, CancellationToken cancellationToken)
    {
        Incident incident = await db.Incidents.AsNoTracking().SingleAsync(row => row.Id == id, cancellationToken).ConfigureAwait(false);
        IQueryable<IncidentOccurrence> occurrences = db.Occurrences.AsNoTracking().Where(row => row.IncidentId == id);
        List<IncidentOccurrence> latest = await occurrences.OrderByDescending(row => row.At).ThenByDescending(row => row.InteractionId)
            .Take(Latest).ToListAsync(cancellationToken).ConfigureAwait(false);
        ReviewerJudgement[] judgements = await db.Judgements.AsNoTracking().Where(one => one.IncidentId == id).OrderBy(one => one.At).ThenBy(one => one.By)
            .Select(one => new ReviewerJudgement(one.By, one.Harmful, one.At)).ToArrayAsync(cancellationToken).ConfigureAwait(false);
        int needed = rules.MinReviewers(incident.Policy);
        return new IncidentDetails
        {
            Id = id,
            Fingerprint = incident.Fingerprint,
            Status = StatusWord.Of(incident.Status),
            Hazard = incident.Hazard,
            Severity = incident.Severity,
            PromptMatched = incident.PromptMatched,
            Decision = Decision.Of(incident),
            BaseModel = incident.BaseModelHash,
            Subject = incident.SubjectHash,
            PromptLength = incident.Prompt.Length,
            AnswerLength = incident.Answer.Length,
            Prompt = reveal ? incident.Prompt : null,
            Answer = reveal ? incident.Answer : null,
            Count = incident.Count,
            Recurrences = await occurrences.CountAsync(row => row.Recurrence, cancellationToken).ConfigureAwait(false),
            FirstSeen = incident.FirstSeen,
            LastSeen = incident.LastSeen,
            Releases = await CountAsync(occurrences, row => row.ReleaseId, cancellationToken).ConfigureAwait(false),
            Functions = await CountAsync(occurrences, row => row.Function, cancellationToken).ConfigureAwait(false),
            Models = await CountAsync(occurrences, row => row.ModelId, cancellationToken).ConfigureAwait(false),
            Latest = [.. latest.Select(Decision.Of)],
            Unlearning = UnlearningOutlook.Of(incident, await ServedBase.FindAsync(db, data, cancellationToken).ConfigureAwait(false)),
            RemediatedBy = incident.RemediatedBy,
            Assignee = incident.Assignee,
            ConfirmedAt = incident.ConfirmedAt,
            ReviewersNeeded = needed,
            Review = ReviewTally.Of(judgements.Select(one => one.Harmful), needed).Words(incident.Status),
            Judgements = judgements,
            Comments = await CommentsAsync(db, id, reveal, cancellationToken).ConfigureAwait(false),
            Runs = await RunsAsync(db, id, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Its comments, oldest first.</summary>
    public static async Task<IReadOnlyList<IncidentNote>> CommentsAsync(
        UnlearningDbContext db, Guid id, bool reveal, CancellationToken cancellationToken) =>
    [
        .. (await db.Comments.AsNoTracking().Where(comment => comment.IncidentId == id).OrderBy(comment => comment.Id)
            .ToListAsync(cancellationToken).ConfigureAwait(false)).Select(comment => IncidentNote.Of(comment, reveal)),
    ];

    private static async Task<IReadOnlyList<SeenWith>> CountAsync(
        IQueryable<IncidentOccurrence> occurrences, Expression<Func<IncidentOccurrence, string?>> name, CancellationToken cancellationToken)
    {
        var counts = await occurrences.GroupBy(name).Select(group => new { group.Key, Count = group.Count() })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. counts.Where(count => count.Key is not null).Select(count => new SeenWith(count.Key!, count.Count))
                .OrderByDescending(seen => seen.Count).ThenBy(seen => seen.Name, StringComparer.Ordinal),
        ];
    }

    private static async Task<IReadOnlyList<RunUse>> RunsAsync(UnlearningDbContext db, Guid id, CancellationToken cancellationToken)
    {
        var runs = await db.Runs.AsNoTracking().Where(run => db.RunIncidents.Any(row => row.RunId == run.RunId && row.IncidentId == id))
            .OrderByDescending(run => run.StartedAt)
            .Select(run => new { run.RunId, run.StartedAt, run.State, run.Verdict, run.ReleaseId, run.DataErasedAt })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. runs.Select(run => new RunUse(run.RunId, run.StartedAt, RunWord.Of(run.State), run.Verdict, run.ReleaseId, run.DataErasedAt))];
    }
}
