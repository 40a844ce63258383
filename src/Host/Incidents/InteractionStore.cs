using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents;

/// <summary>Counts interactions, each id once. The key of its table and the transaction see to it, in however many processes.</summary>
public sealed class InteractionStore(StoreWriter writer)
{
    /// <summary>Records interactions in one transaction: all of them or none.</summary>
    /// <returns>What became of each, in their order, once it is committed.</returns>
    internal Task<IReadOnlyList<StoredInteraction>> RecordAsync(
        IReadOnlyList<ObservedInteraction> interactions, CancellationToken cancellationToken = default) =>
        writer.WriteAsync<IReadOnlyList<StoredInteraction>>(
            async (db, ct) =>
            {
                List<StoredInteraction> stored = new(interactions.Count);
                foreach (ObservedInteraction interaction in interactions)
                {
                    stored.Add(await RecordAsync(db, interaction, ct).ConfigureAwait(false));
                }

                return stored;
            },
            cancellationToken);

    private static async Task<StoredInteraction> RecordAsync(
        UnlearningDbContext db, ObservedInteraction interaction, CancellationToken cancellationToken)
    {
        if (await IsKnownAsync(db, interaction.Id, cancellationToken).ConfigureAwait(false)
            || (interaction.SeenAs is { } seen && await IsKnownAsync(db, seen, cancellationToken).ConfigureAwait(false)))
        {
            return new StoredInteraction(true, []);
        }

        db.ReceivedInteractions.Add(new ReceivedInteraction { InteractionId = interaction.Id, At = interaction.At });
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
