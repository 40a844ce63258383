namespace Unlearning.Host.Cli.Incidents;

/// <summary>What <c>incidents list</c> prints.</summary>
/// <param name="Total">How many incidents there are of those asked for.</param>
/// <param name="Incidents">The latest of them, newest first.</param>
internal sealed record IncidentList(int Total, IReadOnlyList<IncidentLine> Incidents);
