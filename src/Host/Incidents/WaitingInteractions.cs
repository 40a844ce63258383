namespace Unlearning.Host.Incidents;

/// <summary>Interactions that wait for a transaction.</summary>
/// <param name="interactions">What is to be recorded, all of it or nothing.</param>
internal sealed class WaitingInteractions(IReadOnlyList<ObservedInteraction> interactions)
{
    public IReadOnlyList<ObservedInteraction> Interactions { get; } = interactions;

    /// <summary>Gets or sets a value indicating whether a transaction with others failed, so that the next is without them.</summary>
    public bool Alone { get; set; }

    /// <summary>Gets or sets what became of them; null until it is committed. Read and written by whoever has the turn.</summary>
    public IReadOnlyList<StoredInteraction>? Stored { get; set; }
}
