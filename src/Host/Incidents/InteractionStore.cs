using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents;

/// <summary>Counts interactions, each id once. The key of its table and the transaction see to it, in however many processes.</summary>
/// <remarks>
/// Group commit: what comes while a transaction is written waits and goes into the next one together, because syncing the disk costs far
/// more than a row. Whoever has the turn writes for all that wait.
/// </remarks>
public sealed class InteractionStore(StoreWriter writer, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<WaitingInteractions> _waiting = [];

    /// <summary>Records interactions, all of them or none.</summary>
    /// <returns>What became of each, in their order, once it is committed.</returns>
    internal async Task<IReadOnlyList<StoredInteraction>> RecordAsync(
        IReadOnlyList<ObservedInteraction> interactions, CancellationToken cancellationToken = default)
    {
        WaitingInteractions mine = new(interactions);
        lock (_lock)
        {
            _waiting.Add(mine);
        }

        try
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Withdraw(mine);
            throw;
        }

        try
        {
            return mine.Stored ?? await WriteAsync(mine, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<IReadOnlyList<StoredInteraction>> WriteAsync(WaitingInteractions mine, CancellationToken cancellationToken)
    {
        WaitingInteractions[] others;
        lock (_lock)
        {
            _waiting.Remove(mine);
            others = mine.Alone ? [] : [.. _waiting.Where(other => !other.Alone)];
            _waiting.RemoveAll(others.Contains);
        }

        if (others.Length > 0)
        {
#pragma warning disable CA1031 // Whose fault it was shows when each is written by itself.
            try
            {
                await WriteTogetherAsync([mine, .. others], cancellationToken).ConfigureAwait(false);
                return mine.Stored!;
            }
            catch (Exception)
#pragma warning restore CA1031
            {
                lock (_lock)
                {
                    foreach (WaitingInteractions other in others)
                    {
                        other.Alone = true;
                        _waiting.Add(other);
                    }
                }
            }
        }

        await WriteTogetherAsync([mine], cancellationToken).ConfigureAwait(false);
        return mine.Stored!;
    }

    private async Task WriteTogetherAsync(WaitingInteractions[] together, CancellationToken cancellationToken)
    {
        List<StoredInteraction[]> written = await writer.WriteAsync(
            async (db, ct) =>
            {
                ObservedInteraction[] all = [.. together.SelectMany(waiting => waiting.Interactions)];
                IncidentLedger ledger = await IncidentLedger.ReadAsync(
                    db,
                    all.SelectMany(interaction => interaction.Observations),
                    all.SelectMany(Ids),
                    ct).ConfigureAwait(false);
                DateTimeOffset now = time.GetUtcNow();
                List<StoredInteraction[]> stored = [.. together.Select(waiting => waiting.Interactions.Select(one => Record(ledger, one, now)).ToArray())];
                foreach (ObservedInteraction known in all.Zip(stored.SelectMany(one => one)).Where(pair => pair.Second.Known).Select(pair => pair.First))
                {
                    await NameSubjectAsync(db, ledger, known, ct).ConfigureAwait(false);
                }

                await ledger.WriteAsync(db, ct).ConfigureAwait(false);
                return stored;
            },
            cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < together.Length; i++)
        {
            together[i].Stored = written[i];
        }
    }

    private void Withdraw(WaitingInteractions mine)
    {
        lock (_lock)
        {
            _waiting.Remove(mine);
        }
    }

    // This Host captures an answer of its own model without knowing who asked; the app does, and without it nobody could be erased.
    private static async Task NameSubjectAsync(
        UnlearningDbContext db, IncidentLedger ledger, ObservedInteraction known, CancellationToken cancellationToken)
    {
        foreach (IncidentObservation observation in known.Observations.Where(one => one.SubjectHash is not null))
        {
            if (known.SeenAs is { } own && ledger.Find(observation) is { } incident
                && (ledger.FindNew(incident.Id, own) ?? await db.Occurrences.FindAsync([incident.Id, own], cancellationToken).ConfigureAwait(false))
                    is { SubjectHash: null } occurrence)
            {
                occurrence.SubjectHash = observation.SubjectHash;

                // The text is of one interaction, and erasing its subject deletes it: of another's it must not.
                if (incident.TextAt == occurrence.At)
                {
                    incident.SubjectHash ??= observation.SubjectHash;
                }
            }
        }
    }

    private static IEnumerable<string> Ids(ObservedInteraction interaction) => interaction.SeenAs is { } own
        ? [interaction.Id, own, Claim(own)]
        : [interaction.Id, Claim(interaction.Id)];

    // What an app reports of a round trip that this Host may be about to report, too. It keeps out this Host's own report alone: an id
    // that another server gave out twice must not make a second incident of an app look known.
    private static string Claim(string interactionId) => $"claimed:{interactionId}";

    private static StoredInteraction Record(IncidentLedger ledger, ObservedInteraction interaction, DateTimeOffset now)
    {
        string? own = interaction.SeenAs;
        if (ledger.IsReceived(interaction.Id) || ledger.IsReceived(own ?? Claim(interaction.Id)))
        {
            return new StoredInteraction(true, []);
        }

        ledger.TryReceive(interaction.Id, now);
        if (own is not null)
        {
            ledger.TryReceive(Claim(own), now);
        }

        return new StoredInteraction(false, [.. interaction.Observations.Select(one => IncidentStore.Record(ledger, one, now))]);
    }
}
