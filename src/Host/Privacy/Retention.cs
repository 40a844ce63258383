using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Privacy;

/// <summary>
/// Deletes the text of incidents that are past their policy's time, and the comments on it. What was counted, the fingerprint and the judgement stay, so that a
/// recurrence is still known; a run that is under way has its own copy and goes on.
/// </summary>
public sealed class Retention(
    StoreWriter writer, IDbContextFactory<UnlearningDbContext> contexts, IOptions<PrivacyOptions> options, TimeProvider time, IPolicySource? policies = null)
{
    private const int ReceiptsAtOnce = 5000;

    /// <summary>Deletes what is due.</summary>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>How many incidents lost their text.</returns>
    public async Task<int> DeleteAsync(CancellationToken cancellationToken = default)
    {
        DateTimeOffset now = time.GetUtcNow();
        Policy[] known = [.. (policies?.Current.Policies ?? []).Where(policy => policy.RetentionDays is not null)];
        string[] names = [.. known.Select(policy => policy.Name)];
        (int texts, int comments) = await writer.WriteAsync(
            async (db, ct) =>
            {
                DateTimeOffset due = now.AddDays(-options.Value.RetentionDays);
                int count = await db.Incidents.Where(incident => incident.TextAt < due && !names.Contains(incident.Policy))
                    .DeleteTextAsync(db, ct).ConfigureAwait(false);
                int said = await DeleteCommentsAsync(db, due, db.Incidents.Where(incident => !names.Contains(incident.Policy)), ct).ConfigureAwait(false);
                foreach (Policy policy in known)
                {
                    DateTimeOffset own = now.AddDays(-policy.RetentionDays!.Value);
                    count += await db.Incidents.Where(incident => incident.TextAt < own && incident.Policy == policy.Name)
                        .DeleteTextAsync(db, ct).ConfigureAwait(false);
                    said += await DeleteCommentsAsync(db, own, db.Incidents.Where(incident => incident.Policy == policy.Name), ct).ConfigureAwait(false);
                }

                return (count, said);
            },
            cancellationToken).ConfigureAwait(false);
        if (texts + comments > 0)
        {
            await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await StoreCleaning.EmptyLogAsync(db, cancellationToken).ConfigureAwait(false);
        }

        return texts;
    }

    /// <summary>
    /// Deletes the ids of interactions that were received too long ago to be reported again, some thousands in a transaction, so that
    /// capture never waits long.
    /// </summary>
    /// <param name="cancellationToken">Stops between two transactions.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> DeleteReceiptsAsync(CancellationToken cancellationToken = default)
    {
        DateTimeOffset due = time.GetUtcNow().AddDays(-options.Value.ReceiptDays);
        int deleted = 0, some;
        do
        {
            some = await writer.WriteAsync(
                (db, ct) => db.ReceivedInteractions.Where(receipt => receipt.At < due).OrderBy(receipt => receipt.InteractionId).Take(ReceiptsAtOnce).ExecuteDeleteAsync(ct),
                cancellationToken).ConfigureAwait(false);
            deleted += some;
        }
        while (some == ReceiptsAtOnce);

        return deleted;
    }

    // A comment may quote text that another took the place of, or was written after the text was gone: it has the same time.
    private static Task<int> DeleteCommentsAsync(UnlearningDbContext db, DateTimeOffset due, IQueryable<Incident> incidents, CancellationToken cancellationToken) =>
        db.Comments.Where(comment => comment.At < due && incidents.Any(incident => incident.Id == comment.IncidentId)).ExecuteDeleteAsync(cancellationToken);
}
