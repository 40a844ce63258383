namespace Unlearning.Host.Incidents;

/// <summary>One interaction and what was observed in it, one observation for each hazard.</summary>
/// <param name="Id">The interaction's id.</param>
/// <param name="At">When it happened.</param>
/// <param name="SeenAs">The id under which this Host may have captured the same round trip itself; null when it cannot have.</param>
/// <param name="Observations">The observations.</param>
internal sealed record ObservedInteraction(string Id, DateTimeOffset At, string? SeenAs, IReadOnlyList<IncidentObservation> Observations);
