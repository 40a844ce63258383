using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents;

/// <summary>
/// What a transaction has to know of the store to count observations: read in a few queries at its start, and kept up to date in memory, so that
/// a batch costs no query a row. It is true while the transaction holds the write lock.
/// </summary>
internal sealed class IncidentLedger
{
    // Parameters of one query.
    private const int Chunk = 500;

    private readonly Dictionary<(string Fingerprint, string BaseModelHash), Incident> _incidents = [];
    private readonly HashSet<(Guid Incident, string Interaction)> _occurrences = [];
    private readonly HashSet<string> _received = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _overtaken = [];
    private readonly List<Incident> _newIncidents = [];
    private readonly Dictionary<(Guid Incident, string Interaction), IncidentOccurrence> _newOccurrences = [];
    private readonly List<ReceivedInteraction> _newReceived = [];

    private IncidentLedger()
    {
    }

    /// <summary>Reads what the store knows of observations and interactions.</summary>
    /// <param name="db">The transaction's context; the incidents are tracked by it.</param>
    /// <param name="observations">What is to be counted.</param>
    /// <param name="interactions">Ids under which interactions may have been received before.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public static async Task<IncidentLedger> ReadAsync(
        UnlearningDbContext db,
        IEnumerable<IncidentObservation> observations,
        IEnumerable<string> interactions,
        CancellationToken cancellationToken)
    {
        IncidentLedger ledger = new();
        IncidentObservation[] all = [.. observations];
        foreach (string[] fingerprints in all.Select(one => one.Fingerprint).Distinct().Chunk(Chunk))
        {
            await foreach (Incident incident in db.Incidents.Where(incident => fingerprints.Contains(incident.Fingerprint))
                .AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                ledger.Add(incident);
            }
        }

        // By both parts of the key, of which the first alone has an index.
        string[] counted = [.. all.Where(one => ledger.Find(one) is not null).Select(one => one.InteractionId).Distinct()];
        foreach (Guid[] incidents in ledger._incidents.Values.Select(incident => incident.Id).Chunk(Chunk))
        {
            foreach (string[] ids in counted.Chunk(Chunk))
            {
                await foreach (var row in db.Occurrences
                    .Where(row => incidents.Contains(row.IncidentId) && ids.Contains(row.InteractionId))
                    .Select(row => new { row.IncidentId, row.InteractionId })
                    .AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    ledger._occurrences.Add((row.IncidentId, row.InteractionId));
                }
            }
        }

        foreach (string[] ids in interactions.Distinct().Chunk(Chunk))
        {
            await foreach (string id in db.ReceivedInteractions.Where(row => ids.Contains(row.InteractionId)).Select(row => row.InteractionId)
                .AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                ledger._received.Add(id);
            }
        }

        return ledger;
    }

    /// <summary>The incident of a fingerprint and base model, or null.</summary>
    public Incident? Find(IncidentObservation observation) =>
        _incidents.GetValueOrDefault((observation.Fingerprint, observation.BaseModelHash));

    /// <summary>Notes an incident that is seen for the first time; it may change until <see cref="WriteAsync"/>.</summary>
    public void Create(Incident incident)
    {
        Add(incident);
        _newIncidents.Add(incident);
    }

    /// <summary>Whether an interaction is counted under an incident.</summary>
    public bool IsCounted(Incident incident, string interactionId) => _occurrences.Contains((incident.Id, interactionId));

    /// <summary>Counts an interaction under an incident.</summary>
    public void Count(IncidentOccurrence occurrence)
    {
        _occurrences.Add((occurrence.IncidentId, occurrence.InteractionId));
        _newOccurrences.Add((occurrence.IncidentId, occurrence.InteractionId), occurrence);
    }

    /// <summary>An occurrence that this transaction counted; null where it was counted before, or not at all.</summary>
    public IncidentOccurrence? FindNew(Guid incident, string interactionId) => _newOccurrences.GetValueOrDefault((incident, interactionId));

    /// <summary>Whether an interaction has been received.</summary>
    public bool IsReceived(string interactionId) => _received.Contains(interactionId);

    /// <summary>Notes that an interaction is received.</summary>
    /// <returns>Whether it had not been.</returns>
    public bool TryReceive(string interactionId, DateTimeOffset now)
    {
        if (!_received.Add(interactionId))
        {
            return false;
        }

        _newReceived.Add(new ReceivedInteraction { InteractionId = interactionId, At = now });
        return true;
    }

    /// <summary>Notes that an incident's first harmful answer was seen, which no judgement before it covers.</summary>
    public void Overtake(Incident incident) => _overtaken.Add(incident.Id);

    /// <summary>
    /// Writes what is new, and deletes judgements that were overtaken. What has changed of incidents that were there is the context's to save.
    /// </summary>
    public async Task WriteAsync(UnlearningDbContext db, CancellationToken cancellationToken)
    {
        await db.InsertAsync(_newIncidents, cancellationToken).ConfigureAwait(false);
        await db.InsertAsync([.. _newOccurrences.Values], cancellationToken).ConfigureAwait(false);
        await db.InsertAsync(_newReceived, cancellationToken).ConfigureAwait(false);
        foreach (Guid[] incidents in _overtaken.Chunk(Chunk))
        {
            await db.Judgements.Where(one => incidents.Contains(one.IncidentId)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Add(Incident incident) => _incidents[(incident.Fingerprint, incident.BaseModelHash)] = incident;
}
