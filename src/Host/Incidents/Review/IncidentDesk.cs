using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents.Review.Bulk;
using Unlearning.Host.Incidents.Review.Details;
using Unlearning.Host.Incidents.Review.Judging;
using Unlearning.Host.Incidents.Review.Lists;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review;

/// <summary>One person's review in the store itself.</summary>
/// <param name="actor">Who reviews.</param>
/// <param name="contexts">Opens the store for reading.</param>
/// <param name="writer">Writes to it, and carries what is audited.</param>
/// <param name="audit">Takes reveals, which change nothing in the store.</param>
/// <param name="data">The data folder, whose releases tell the base model.</param>
/// <param name="rules">What policies ask of the review.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of reveals.</param>
/// <param name="confirmations">Is told of what is confirmed; null for nobody.</param>
internal sealed partial class IncidentDesk(
    Actor actor,
    IDbContextFactory<UnlearningDbContext> contexts,
    StoreWriter writer,
    AuditLog audit,
    DataFolder data,
    IReviewRules rules,
    TimeProvider time,
    ILogger<IncidentDesk> logger,
    Confirmations? confirmations = null) : IIncidentDesk
{
    private const int LongestComment = 4_000, MostIds = 1_000;

    /// <summary>The desk of whoever makes a request.</summary>
    public static IncidentDesk Of(HttpContext http) => ActivatorUtilities.CreateInstance<IncidentDesk>(http.RequestServices, ActorIdentity.Of(http));

    /// <inheritdoc/>
    public async Task<IncidentList> ListAsync(IncidentFilter filter, int limit, string? cursor, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > IncidentPages.Most)
            throw new ReviewException($"limit is {limit}. Set it to 1 to {IncidentPages.Most}.", field: "limit");
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        ReviewDeadlines deadlines = new(rules, time.GetUtcNow());
        IReadOnlyList<IQueryable<Incident>> runs = await FilteredIncidents.RunsAsync(db, filter, deadlines, actor.Name, cancellationToken).ConfigureAwait(false);
        return await IncidentPages.ReadAsync(db, runs, rules, deadlines, limit, cursor, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IncidentDetails> ShowAsync(string id, CancellationToken cancellationToken) => ReadAsync(id, reveal: false, null, cancellationToken);

    /// <inheritdoc/>
    public Task<IncidentDetails> RevealAsync(string id, string? reason, CancellationToken cancellationToken) =>
        ReadAsync(id, reveal: true, reason, cancellationToken);

    /// <inheritdoc/>
    public async Task<ReviewReport> JudgeAsync(IReadOnlyList<string> ids, bool harmful, string? reason, CancellationToken cancellationToken)
    {
        bool confirmed = false;
        ReviewReport report = await EachAsync(
            ids,
            async (db, meant, ct) =>
            {
                IReadOnlyList<JudgedIncident> judged = await new IncidentJudging(rules, actor.Name, time.GetUtcNow())
                    .JudgeAsync(db, meant, harmful, ct).ConfigureAwait(false);
                confirmed = judged.Any(one => one.IsConfirmation);
                Enlist(db, harmful ? "incident.confirm" : "incident.dismiss", reason, judged);
                string? served = await ServedBase.FindAsync(db, data, ct).ConfigureAwait(false);
                return (named, incident) => Line(named, judged.First(one => one.Id == incident.Id), incident, harmful, served);
            },
            cancellationToken).ConfigureAwait(false);
        if (confirmed)
            confirmations?.Raise();
        return report;
    }

    /// <inheritdoc/>
    public Task<ReviewReport> ReopenAsync(IReadOnlyList<string> ids, bool ownOnly, string? reason, CancellationToken cancellationToken) =>
        EachAsync(
            ids,
            async (db, meant, ct) =>
            {
                IReadOnlyList<JudgedIncident> opened = await new IncidentJudging(rules, actor.Name, time.GetUtcNow())
                    .ReopenAsync(db, meant, ownOnly, ct).ConfigureAwait(false);
                Enlist(db, ownOnly ? "incident.withdraw" : "incident.reopen", reason, opened);
                return (named, incident) =>
                {
                    JudgedIncident one = opened.First(judged => judged.Id == incident.Id);
                    bool settled = incident.Status is IncidentStatus.Remediated or IncidentStatus.Recurred;
                    string? note = settled ? Settled(incident)
                        : one.Changed ? one.Tally.Missing(one.After)
                        : ownOnly ? "You have not judged it." : null;
                    return new ReviewLine(named, incident.Id, StatusWord.Of(incident.Status), one.Changed, note, incident.Assignee, settled);
                };
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<ReviewReport> AssignAsync(IReadOnlyList<string> ids, string? assignee, CancellationToken cancellationToken)
    {
        string? whose = Assignee.Of(assignee, actor.Name);
        return EachAsync(
            ids,
            async (db, meant, ct) =>
            {
                HashSet<Guid> changed = [.. await AssignAsync(db, meant, whose, ct).ConfigureAwait(false)];
                foreach (Guid one in changed)
                    AuditOutbox.Enlist(db, AuditEvent.Create(time, actor, "incident.assign", $"{one}", null, ("to", whose ?? IncidentFilter.Nobody)));
                return (named, incident) => new ReviewLine(
                    named, incident.Id, StatusWord.Of(incident.Status), changed.Contains(incident.Id), null, whose);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IncidentNote> CommentAsync(string id, string text, CancellationToken cancellationToken)
    {
        string said = rules.PersonalData.Scrub(text ?? "").Trim();
        if (said.Length is 0 or > LongestComment)
            throw new ReviewException($"A comment has 1 to {LongestComment} characters; this one has {said.Length}.", field: "text");
        DateTimeOffset now = time.GetUtcNow();
        return await writer.WriteAsync(
            async (db, ct) =>
            {
                IncidentComment comment = new()
                {
                    Id = Guid.CreateVersion7(now),
                    IncidentId = await IncidentIds.ResolveAsync(db, id, ct).ConfigureAwait(false),
                    By = actor.Name,
                    At = now,
                    Text = said,
                };
                db.Comments.Add(comment);
                AuditOutbox.Enlist(db, AuditEvent.Create(time, actor, "incident.comment", $"{comment.IncidentId}", null, ("comment", $"{comment.Id}")));
                return IncidentNote.Of(comment, reveal: true);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IncidentNote>> CommentsAsync(string id, CancellationToken cancellationToken)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Guid found = await IncidentIds.ResolveAsync(db, id, cancellationToken).ConfigureAwait(false);
        db.Protector?.CheckOnly();
        if (!await db.Comments.AnyAsync(comment => comment.IncidentId == found, cancellationToken).ConfigureAwait(false))
            return [];
        Revealed(found, null, "comments");
        return await IncidentTrail.CommentsAsync(db, found, reveal: true, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<BulkReport> BulkAsync(BulkReview wish, CancellationToken cancellationToken) =>
        new BulkReviewing(actor, contexts, writer, rules, time, confirmations).DoAsync(wish, cancellationToken);

    /// <summary>Gives incidents to somebody in a transaction that is under way.</summary>
    /// <returns>Those that were somebody else's before.</returns>
    internal static async Task<IReadOnlyList<Guid>> AssignAsync(UnlearningDbContext db, IReadOnlyList<Guid> ids, string? assignee, CancellationToken cancellationToken)
    {
        const int Chunk = 500;
        List<Guid> changed = [];
        foreach (Guid[] chunk in ids.Chunk(Chunk))
        {
            IQueryable<Incident> others = db.Incidents.Where(incident => chunk.Contains(incident.Id) && incident.Assignee != assignee);
            changed.AddRange(await others.Select(incident => incident.Id).ToListAsync(cancellationToken).ConfigureAwait(false));
            await others.ExecuteUpdateAsync(set => set.SetProperty(incident => incident.Assignee, assignee), cancellationToken).ConfigureAwait(false);
        }

        return changed;
    }

    private async Task<IncidentDetails> ReadAsync(string id, bool reveal, string? reason, CancellationToken cancellationToken)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Guid found = await IncidentIds.ResolveAsync(db, id, cancellationToken).ConfigureAwait(false);
        db.Protector?.CheckOnly();
        if (reveal)
            Revealed(found, reason, "text");
        return await IncidentTrail.ReadAsync(db, data, rules, found, reveal, cancellationToken).ConfigureAwait(false);
    }

    // On the device before anything is given out; when it cannot be, nothing is.
    private void Revealed(Guid incident, string? reason, string what)
    {
        audit.Append(AuditEvent.Create(time, actor, "incident.reveal", $"{incident}", Scrub(reason), ("what", what)));
        LogRevealed(incident, actor.Name);
    }

    private async Task<ReviewReport> EachAsync(
        IReadOnlyList<string> ids,
        Func<UnlearningDbContext, IReadOnlyList<Guid>, CancellationToken, Task<Func<string, Incident, ReviewLine>>> act,
        CancellationToken cancellationToken)
    {
        if (ids.Count is 0 or > MostIds)
            throw new ReviewException($"Name 1 to {MostIds} incidents; of more say which by a filter.", field: "ids");
        return await writer.WriteAsync(
            async (db, ct) =>
            {
                List<(string Named, Guid? Id, string? Problem)> meant = [];
                foreach (string written in ids.Distinct(StringComparer.OrdinalIgnoreCase))
                {
                    try
                    {
                        Guid id = await IncidentIds.ResolveAsync(db, written, ct).ConfigureAwait(false);
                        if (!meant.Exists(one => one.Id == id))
                            meant.Add((written, id, null));
                    }
                    catch (ReviewException unknown) when (ids.Count > 1)
                    {
                        meant.Add((written, null, unknown.Message));
                    }
                }

                Guid[] known = [.. meant.Where(one => one.Id is not null).Select(one => one.Id!.Value)];
                Func<string, Incident, ReviewLine> line = await act(db, known, ct).ConfigureAwait(false);
                Dictionary<Guid, Incident> after = await db.Incidents.AsNoTracking().Where(incident => known.Contains(incident.Id))
                    .ToDictionaryAsync(incident => incident.Id, ct).ConfigureAwait(false);
                ReviewLine[] lines =
                [
                    .. meant.Select(one => one.Id is { } id
                        ? line(one.Named, after[id])
                        : new ReviewLine(one.Named, null, null, false, one.Problem, Problem: true)),
                ];
                return new ReviewReport(lines.Count(one => one.Changed), lines);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private void Enlist(UnlearningDbContext db, string action, string? reason, IEnumerable<JudgedIncident> judged)
    {
        foreach (JudgedIncident one in judged.Where(one => one.Changed))
        {
            AuditOutbox.Enlist(db, AuditEvent.Create(
                time, actor, action, $"{one.Id}", Scrub(reason), ("before", StatusWord.Of(one.Before)), ("after", StatusWord.Of(one.After))));
        }
    }

    private string? Scrub(string? reason) => reason is null ? null : rules.PersonalData.Scrub(reason);

    private static ReviewLine Line(string named, JudgedIncident judged, Incident now, bool harmful, string? served)
    {
        bool settled = now.Status is IncidentStatus.Remediated or IncidentStatus.Recurred;
        string? note = settled ? Settled(now)
            : now.Status == IncidentStatus.Confirmed && harmful && UnlearningOutlook.Of(now, served) is { May: false } outlook
                ? string.Join(' ', outlook.Missing)
            : judged.Tally.Missing(now.Status);
        return new ReviewLine(named, now.Id, StatusWord.Of(now.Status), judged.Changed, note, now.Assignee, settled);
    }

    private static string Settled(Incident incident) => incident.Status == IncidentStatus.Remediated
        ? $"It was judged before, and release {incident.RemediatedBy} was trained to forget it."
        : "It was judged before, and came back after it was remediated; it waits for the next run.";

    [LoggerMessage(
        EventId = 2005, EventName = "IncidentRevealed", Level = LogLevel.Warning, Message = "The text of incident {IncidentId} was shown to {Actor}.")]
    private partial void LogRevealed(Guid incidentId, string actor);
}
