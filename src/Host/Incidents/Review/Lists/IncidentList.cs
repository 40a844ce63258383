namespace Unlearning.Host.Incidents.Review.Lists;

/// <summary>A page of incidents, the one that was seen last first.</summary>
/// <param name="Total">How many incidents there are of those asked for, on all pages together; counted up to 10,000.</param>
/// <param name="More">Whether there are more than <paramref name="Total"/>.</param>
/// <param name="Incidents">The page.</param>
/// <param name="Next">Asks for the next page; null on the last one.</param>
internal sealed record IncidentList(int Total, bool More, IReadOnlyList<IncidentLine> Incidents, string? Next);
