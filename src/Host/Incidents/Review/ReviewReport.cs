namespace Unlearning.Host.Incidents.Review;

/// <summary>What became of incidents that were reviewed.</summary>
/// <param name="Changed">How many are different now.</param>
/// <param name="Incidents">Each that was named, in that order.</param>
internal sealed record ReviewReport(int Changed, IReadOnlyList<ReviewLine> Incidents);
