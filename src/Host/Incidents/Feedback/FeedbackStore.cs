using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Feedback;

namespace Unlearning.Host.Incidents.Feedback;

/// <summary>
/// Keeps what people say of answers: as a comment at the incident, for the reviewers to read. It confirms nothing, replaces no text that was
/// captured, and makes no recurrence; a thumbs down on what nobody had noticed makes an incident that waits for a reviewer.
/// </summary>
/// <param name="contexts">Opens the store for reading.</param>
/// <param name="writer">Writes to it.</param>
/// <param name="time">When it came.</param>
public sealed class FeedbackStore(IDbContextFactory<UnlearningDbContext> contexts, StoreWriter writer, TimeProvider time)
{
    /// <summary>The most notes of people at one incident; what comes beyond is counted as received and not kept.</summary>
    public const int MostNotes = 100;

    /// <summary>Whom notes without a subject are from. No key has such a name, for it has a space.</summary>
    private const string Author = "a user";

    // An id says when its interaction began, by this process's clock; what it was captured at is no earlier.
    private static readonly TimeSpan _slack = TimeSpan.FromMinutes(1);

    /// <summary>Whom the notes of a subject are from: what an erasure finds them by.</summary>
    internal static string AuthorOf(string subjectHash) => $"{Author} {subjectHash}";

    /// <summary>Keeps a feedback, once, in one transaction.</summary>
    /// <param name="interaction">What it is about, observed as a captured interaction is, with the id it counts under.</param>
    /// <param name="feedback">What was said, scrubbed of personal data.</param>
    /// <param name="subjectHash">Who said it; null when unknown.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    internal async Task<FeedbackOutcome> RecordAsync(
        ObservedInteraction interaction, UserFeedback feedback, string? subjectHash, CancellationToken cancellationToken)
    {
        Guid[] about = interaction.SeenAs is { } own ? await AboutAsync(own, cancellationToken).ConfigureAwait(false) : [];
        return await writer.WriteAsync(
            async (db, ct) =>
            {
                DateTimeOffset now = time.GetUtcNow();
                IncidentLedger ledger = await IncidentLedger.ReadAsync(db, interaction.Observations, [interaction.Id], ct).ConfigureAwait(false);
                if (!ledger.TryReceive(interaction.Id, now))
                    return FeedbackOutcome.Known;

                // Those that were found may have been erased since.
                HashSet<Guid> noted = [.. await db.Incidents.Where(incident => about.Contains(incident.Id)).Select(incident => incident.Id).ToListAsync(ct).ConfigureAwait(false)];
                bool filed = false;
                foreach (IncidentObservation observation in interaction.Observations)
                {
                    Incident? incident = ledger.Find(observation);
                    if (feedback.Rating == UserRating.Down && incident is not { AnswerMatched: true })
                    {
                        incident = IncidentStore.Record(ledger, observation, now);
                        filed = true;
                    }

                    if (incident is not null)
                        noted.Add(incident.Id);
                }

                await NoteAsync(db, noted, feedback, subjectHash, now, ct).ConfigureAwait(false);
                await ledger.WriteAsync(db, ct).ConfigureAwait(false);
                return filed ? FeedbackOutcome.Filed : noted.Count > 0 ? FeedbackOutcome.Noted : FeedbackOutcome.Unmatched;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static async Task NoteAsync(
        UnlearningDbContext db, IEnumerable<Guid> incidents, UserFeedback feedback, string? subjectHash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string rating = feedback.Rating == UserRating.Up ? "Thumbs up." : "Thumbs down.";
        string text = feedback.Reason is { Length: > 0 } reason ? $"{rating} {reason}" : rating;
        foreach (Guid incident in incidents)
        {
            if (await db.Comments.CountAsync(comment => comment.IncidentId == incident && comment.By.StartsWith(Author + " "), cancellationToken).ConfigureAwait(false) < MostNotes)
            {
                db.Comments.Add(new IncidentComment
                {
                    Id = Guid.CreateVersion7(now),
                    IncidentId = incident,
                    By = AuthorOf(subjectHash ?? "unnamed"),
                    At = now,
                    Text = text,
                });
            }
        }
    }

    // Occurrences are found by their incident. That of an interaction was seen last no earlier than the interaction began, which its id tells.
    private async Task<Guid[]> AboutAsync(string interactionId, CancellationToken cancellationToken)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        if (!await db.ReceivedInteractions.AnyAsync(row => row.InteractionId == interactionId, cancellationToken).ConfigureAwait(false))
            return [];
        DateTimeOffset begun = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(interactionId.AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture)) - _slack;
        return await db.Incidents.Where(incident => incident.LastSeen >= begun)
            .Join(db.Occurrences.Where(row => row.InteractionId == interactionId), incident => incident.Id, row => row.IncidentId, (incident, _) => incident.Id)
            .ToArrayAsync(cancellationToken).ConfigureAwait(false);
    }
}
