namespace Unlearning.Host.Cli.Incidents;

/// <summary>One incident in a list: no text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Short">The beginning of the id that names it.</param>
/// <param name="LastSeen">When it was last seen.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Hazard">The hazard.</param>
/// <param name="Policy">The policy that decided.</param>
/// <param name="Severity">0 to 4.</param>
/// <param name="Count">How often it was seen.</param>
/// <param name="Release">The release that gave its answer.</param>
internal sealed record IncidentLine(
    Guid Id, string Short, DateTimeOffset LastSeen, string Status, string Hazard, string Policy, int Severity, int Count, string Release);
