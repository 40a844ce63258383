using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents;

/// <summary>Counts interactions, each id once. The key of its table and the transaction see to it, in however many processes.</summary>
/// <remarks>
/// Group commit: what comes while a transaction is written waits and goes into the next one together, because syncing the disk costs far
/// more than a row. Whoever has the turn writes for all that wait.
/// </remarks>
public sealed class InteractionStore(StoreWriter writer) : IDisposable
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
                List<StoredInteraction[]> all = new(together.Length);
                foreach (WaitingInteractions waiting in together)
                {
                    StoredInteraction[] stored = new StoredInteraction[waiting.Interactions.Count];
                    for (int i = 0; i < stored.Length; i++)
                    {
                        stored[i] = await RecordAsync(db, waiting.Interactions[i], ct).ConfigureAwait(false);
                    }

                    all.Add(stored);
                }

                return all;
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

    private static async Task<StoredInteraction> RecordAsync(
        UnlearningDbContext db, ObservedInteraction interaction, CancellationToken cancellationToken)
    {
        if (await IsKnownAsync(db, interaction.Id, cancellationToken).ConfigureAwait(false)
            || (interaction.SeenAs is { } seen && await IsKnownAsync(db, seen, cancellationToken).ConfigureAwait(false)))
        {
            return new StoredInteraction(true, []);
        }

        db.ReceivedInteractions.Add(new ReceivedInteraction { InteractionId = interaction.Id, At = interaction.At });
        if (interaction.SeenAs is { } own && own != interaction.Id)
        {
            // The app was quicker than this Host's own capture of the same round trip, which is still to come.
            db.ReceivedInteractions.Add(new ReceivedInteraction { InteractionId = own, At = interaction.At });
        }

        List<Incident> incidents = new(interaction.Observations.Count);
        foreach (IncidentObservation observation in interaction.Observations)
        {
            incidents.Add(await IncidentStore.RecordAsync(db, observation, cancellationToken).ConfigureAwait(false));
        }

        return new StoredInteraction(false, incidents);
    }

    // Finds what the same transaction has added, too.
    private static async Task<bool> IsKnownAsync(UnlearningDbContext db, string id, CancellationToken cancellationToken) =>
        await db.ReceivedInteractions.FindAsync([id], cancellationToken).ConfigureAwait(false) is not null;
}
