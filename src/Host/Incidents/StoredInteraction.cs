namespace Unlearning.Host.Incidents;

/// <summary>What became of an observed interaction.</summary>
/// <param name="Known">Whether it had been counted before; then nothing has changed.</param>
/// <param name="Incidents">The incidents it was counted under; none when it was known.</param>
internal sealed record StoredInteraction(bool Known, IReadOnlyList<Incident> Incidents);
