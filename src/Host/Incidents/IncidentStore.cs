using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents;

/// <summary>Incidents: recorded, reviewed, remediated. Every method is durable when it returns.</summary>
/// <param name="contexts">Opens the store for reading.</param>
/// <param name="writer">Writes to it.</param>
/// <param name="time">When something is confirmed; the system's clock by default.</param>
public sealed class IncidentStore(IDbContextFactory<UnlearningDbContext> contexts, StoreWriter writer, TimeProvider? time = null)
{
    /// <summary>
    /// Counts each observation under its incident, creating the incident at first sight, all or none. An observation
    /// whose interaction was counted before changes nothing, so a reporter may repeat what was not acknowledged.
    /// </summary>
    /// <returns>The incidents as they now are, in the order of <paramref name="observations"/>.</returns>
    public Task<IReadOnlyList<Incident>> RecordAsync(
        IReadOnlyList<IncidentObservation> observations, CancellationToken cancellationToken = default) =>
        writer.WriteAsync<IReadOnlyList<Incident>>(
            async (db, ct) =>
            {
                IncidentLedger ledger = await IncidentLedger.ReadAsync(db, observations, [], ct).ConfigureAwait(false);
                DateTimeOffset now = (time ?? TimeProvider.System).GetUtcNow();
                Incident[] recorded = [.. observations.Select(observation => Record(ledger, observation, now))];
                await ledger.WriteAsync(db, ct).ConfigureAwait(false);
                return recorded;
            },
            cancellationToken);

    /// <summary>The incident, or null when there is none of that id.</summary>
    public async Task<Incident?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await db.Incidents.AsNoTracking().SingleOrDefaultAsync(incident => incident.Id == id, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>The latest incidents in the given state, or in any, by last sight.</summary>
    public async Task<IReadOnlyList<Incident>> ListAsync(IncidentStatus? status, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await db.Incidents.AsNoTracking()
            .Where(incident => status == null || incident.Status == status)
            .OrderByDescending(incident => incident.LastSeen).ThenBy(incident => incident.Id)
            .Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Records that <paramref name="releaseId"/>, now live, was trained to forget the incidents of its run: the confirmed ones and those that
    /// had recurred on an earlier release. Idempotent; what has recurred on the release itself stays open.
    /// </summary>
    /// <returns>How many incidents are now remediated by it.</returns>
    public Task<int> MarkRunRemediatedAsync(string runId, string releaseId, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            (db, ct) => db.Incidents
                .Where(incident => db.RunIncidents.Any(row => row.RunId == runId && row.IncidentId == incident.Id)
                    && (incident.Status == IncidentStatus.Confirmed
                        || ((incident.Status == IncidentStatus.Remediated || incident.Status == IncidentStatus.Recurred)
                            && incident.RemediatedBy != releaseId)))
                .ExecuteUpdateAsync(
                    set => set.SetProperty(incident => incident.Status, IncidentStatus.Remediated)
                        .SetProperty(incident => incident.RemediatedBy, releaseId),
                    ct),
            cancellationToken);

    /// <summary>
    /// Reopens what is not remediated any more: incidents whose release is no part of the live one, after a rollback. Idempotent;
    /// also run at start, so that a rollback made while the database was down is caught up with. They keep the time at which they were
    /// confirmed, or else a rollback would by itself start the run anew that it took back.
    /// </summary>
    /// <param name="baseModelHash">The base model that serves.</param>
    /// <param name="liveLineage">The live release and the releases it was trained from.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>How many incidents are confirmed again.</returns>
    public Task<int> ReopenAsync(
        string baseModelHash, IReadOnlyCollection<string> liveLineage, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            (db, ct) => db.Incidents
                .Where(incident => incident.BaseModelHash == baseModelHash && incident.RemediatedBy != null
                    && !liveLineage.Contains(incident.RemediatedBy))
                .ExecuteUpdateAsync(
                    set => set.SetProperty(incident => incident.Status, IncidentStatus.Confirmed)
                        .SetProperty(incident => incident.ConfirmedAt, incident => incident.ConfirmedAt ?? incident.LastSeen)
                        .SetProperty(incident => incident.RemediatedBy, (string?)null),
                    ct),
            cancellationToken);

    /// <summary>Counts one observation in a transaction that is under way.</summary>
    /// <param name="ledger">What the transaction knows, and writes at its end.</param>
    /// <param name="observation">What was seen.</param>
    /// <param name="now">When it is stored.</param>
    internal static Incident Record(IncidentLedger ledger, IncidentObservation observation, DateTimeOffset now)
    {
        Incident? incident = ledger.Find(observation);
        if (incident is null)
        {
            incident = Create(observation);
            ledger.Create(incident);
        }

        if (ledger.IsCounted(incident, observation.InteractionId))
        {
            return incident;
        }

        if (observation.AnswerMatched && !incident.AnswerMatched && incident.Count > 0)
        {
            ledger.Overtake(incident);
        }

        bool recurrence = observation.AnswerMatched
            && incident.RemediatedBy is { } release && observation.ReleaseLineage.Contains(release);
        Update(incident, observation, recurrence, now);
        ledger.Count(new IncidentOccurrence
        {
            IncidentId = incident.Id,
            InteractionId = observation.InteractionId,
            ReleaseId = observation.ReleaseLineage[0],
            AnswerMatched = observation.AnswerMatched,
            Recurrence = recurrence,
            SubjectHash = observation.SubjectHash,
            Policy = observation.Policy,
            PolicyVersion = observation.PolicyVersion,
            PolicyRevision = observation.PolicyRevision,
            Detectors = observation.Detectors,
            ToolResultMatched = observation.ToolResultMatched,
            Refused = observation.Refused,
            Streaming = observation.Streaming,
            Complete = observation.Complete,
            ModelId = observation.ModelId,
            Function = observation.Function,
            At = observation.At,
        });
        return incident;
    }

    private static Incident Create(IncidentObservation observation) => new()
    {
        Id = Guid.CreateVersion7(observation.At),
        Fingerprint = observation.Fingerprint,
        Hazard = observation.Hazard,
        BaseModelHash = observation.BaseModelHash,
        Policy = observation.Policy,
        PolicyVersion = observation.PolicyVersion,
        PolicyRevision = observation.PolicyRevision,
        Prompt = observation.Prompt,
        Answer = observation.Answer,
        ReleaseId = observation.ReleaseLineage[0],
        FirstSeen = observation.At,
        LastSeen = observation.At,
    };

    private static void Update(Incident incident, IncidentObservation observation, bool recurrence, DateTimeOffset now)
    {
        IncidentStatus before = incident.Status;
        incident.Status = NextStatus(incident, observation, recurrence);
        if (incident.Status == IncidentStatus.Confirmed && (before != IncidentStatus.Confirmed || (observation.AnswerMatched && !incident.AnswerMatched)))
        {
            // When it was accepted: what an app kept in its spool for a day is as new to a rule as anything else.
            incident.ConfirmedAt = now;
        }

        incident.Count++;
        incident.PromptMatched |= observation.PromptMatched;
        if (observation.At > incident.LastSeen)
        {
            incident.LastSeen = observation.At;
        }

        // A refusal seen later must not wash out the harmful answer that is to be forgotten.
        if (!observation.AnswerMatched && incident.AnswerMatched)
        {
            return;
        }

        incident.AnswerMatched = observation.AnswerMatched;
        incident.Policy = observation.Policy;
        incident.PolicyVersion = observation.PolicyVersion;
        incident.PolicyRevision = observation.PolicyRevision;
        incident.Severity = observation.Severity;
        incident.RemediationEnabled = observation.RemediationEnabled;
        incident.Prompt = observation.Prompt;
        incident.Answer = observation.Answer;
        incident.TextAt = observation.At;
        incident.ReleaseId = observation.ReleaseLineage[0];
        incident.Function = observation.Function;
        incident.SubjectHash = observation.SubjectHash;
        incident.Detectors = observation.Detectors;
        incident.ToolResultMatched = observation.ToolResultMatched;
        incident.Refused = observation.Refused;
        incident.Streaming = observation.Streaming;
        incident.Complete = observation.Complete;
        incident.ModelId = observation.ModelId;
    }

    private static IncidentStatus NextStatus(Incident incident, IncidentObservation observation, bool recurrence)
    {
        if (recurrence)
        {
            return IncidentStatus.Recurred;
        }

        // A judgement covers the answer it saw: the first harmful answer after judged refusals asks for a new one.
        bool judged = incident.Status is IncidentStatus.Confirmed or IncidentStatus.Dismissed;
        if (judged && observation.AnswerMatched && !incident.AnswerMatched)
        {
            return observation.AutoAccept ? IncidentStatus.Confirmed : IncidentStatus.New;
        }

        return incident.Status == IncidentStatus.New && observation.AutoAccept ? IncidentStatus.Confirmed : incident.Status;
    }
}
