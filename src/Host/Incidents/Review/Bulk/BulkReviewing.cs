using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents.Review.Judging;
using Unlearning.Host.Incidents.Review.Lists;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review.Bulk;

/// <summary>
/// Does the same to all incidents that fit a filter: in one transaction, to exactly as many as the reviewer expects, and with one entry in
/// the audit, which has the filter, the count and a hash of the ids.
/// </summary>
internal sealed class BulkReviewing(
    Actor actor, IDbContextFactory<UnlearningDbContext> contexts, StoreWriter writer, IReviewRules rules, TimeProvider time, Confirmations? confirmations)
{
    /// <summary>Does it, or tells how many there are.</summary>
    /// <exception cref="ReviewException">There are not as many as expected, or more than one transaction takes.</exception>
    public async Task<BulkReport> DoAsync(BulkReview wish, CancellationToken cancellationToken)
    {
        string? assignee = wish.Action == BulkAction.Assign ? Assignee.Of(wish.Assignee, actor.Name) : null;
        if (!wish.Dry && wish.Expect is null)
            throw new ReviewException("Say how many incidents there must be ('expect'); a dry run counts them.", field: "expect");
        if (wish.Dry)
        {
            await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            return Report(wish, (await IdsAsync(db, wish, cancellationToken).ConfigureAwait(false)).Length, 0);
        }

        bool confirmed = false;
        BulkReport report = await writer.WriteAsync(
            async (db, ct) =>
            {
                Guid[] ids = await IdsAsync(db, wish, ct).ConfigureAwait(false);
                if (ids.Length != wish.Expect)
                {
                    throw new ReviewException(
                        $"The filter fits {ids.Length} incidents, not {wish.Expect}; nothing was changed. Look at them again, and expect that many.",
                        ReviewProblem.Conflict,
                        "expect");
                }

                (int changed, confirmed) = await ActAsync(db, wish, ids, assignee, ct).ConfigureAwait(false);
                if (changed > 0)
                {
                    AuditOutbox.Enlist(db, AuditEvent.Create(
                        time, actor, $"incident.{Word(wish.Action)}", "by-filter", wish.Reason is { } reason ? rules.PersonalData.Scrub(reason) : null,
                        [
                            ("filter", $"{wish.Filter}"), ("matched", $"{ids.Length}"), ("changed", $"{changed}"), ("ids", HashOf(ids)),
                            .. wish.Action == BulkAction.Assign ? [("to", assignee ?? IncidentFilter.Nobody)] : ((string, string)[])[],
                        ]));
                }

                return Report(wish, ids.Length, changed);
            },
            cancellationToken).ConfigureAwait(false);
        if (confirmed)
            confirmations?.Raise();
        return report;
    }

    private async Task<(int Changed, bool Confirmed)> ActAsync(
        UnlearningDbContext db, BulkReview wish, Guid[] ids, string? assignee, CancellationToken cancellationToken)
    {
        if (wish.Action == BulkAction.Assign)
            return ((await IncidentDesk.AssignAsync(db, ids, assignee, cancellationToken).ConfigureAwait(false)).Count, false);
        IncidentJudging judging = new(rules, actor.Name, time.GetUtcNow());
        IReadOnlyList<JudgedIncident> judged = wish.Action == BulkAction.Reopen
            ? await judging.ReopenAsync(db, ids, ownOnly: false, cancellationToken).ConfigureAwait(false)
            : await judging.JudgeAsync(db, ids, wish.Action == BulkAction.Confirm, cancellationToken).ConfigureAwait(false);
        return (judged.Count(one => one.Changed), judged.Any(one => one.IsConfirmation));
    }

    private async Task<Guid[]> IdsAsync(UnlearningDbContext db, BulkReview wish, CancellationToken cancellationToken)
    {
        List<Guid> ids = [];
        ReviewDeadlines deadlines = new(rules, time.GetUtcNow());
        foreach (IQueryable<Incident> run in await FilteredIncidents.RunsAsync(db, wish.Filter, deadlines, actor.Name, cancellationToken).ConfigureAwait(false))
        {
            int more = BulkReview.Most + 1 - ids.Count;
            ids.AddRange(await run.Select(incident => incident.Id).Take(more).ToArrayAsync(cancellationToken).ConfigureAwait(false));
        }

        return ids.Count <= BulkReview.Most
            ? [.. ids]
            : throw new ReviewException(
                $"The filter fits more than {BulkReview.Most} incidents, which is the most at once. Narrow it, for example by policy or time.",
                ReviewProblem.Conflict);
    }

    private static BulkReport Report(BulkReview wish, int matched, int changed) => new(Word(wish.Action), $"{wish.Filter}", wish.Dry, matched, changed);

#pragma warning disable CA1308 // Shown, not compared.
    private static string Word(BulkAction action) => action.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    private static string HashOf(Guid[] ids) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', ids.Order()))));
}
