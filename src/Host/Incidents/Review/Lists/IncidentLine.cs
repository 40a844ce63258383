namespace Unlearning.Host.Incidents.Review.Lists;

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
/// <param name="Assignee">Who is to look at it; null for nobody in particular.</param>
/// <param name="Review">How far a review by several people has come, as "1 of 2" or "disputed"; null where there is nothing to say.</param>
/// <param name="Overdue">Whether it is new and waits longer than its policy wants (<c>review.sla_hours</c>).</param>
internal sealed record IncidentLine(
    Guid Id, string Short, DateTimeOffset LastSeen, string Status, string Hazard, string Policy, int Severity, int Count, string Release,
    string? Assignee, string? Review, bool Overdue);
