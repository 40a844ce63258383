namespace Unlearning.Host.Incidents.Review;

/// <summary>What became of one incident that was reviewed.</summary>
/// <param name="Named">The id as it was typed.</param>
/// <param name="Id">The incident; null when none was meant without doubt.</param>
/// <param name="Status">Where it stands now; null when there is none.</param>
/// <param name="Changed">Whether anything is different now: where it stands, what this reviewer judged, whose it is.</param>
/// <param name="Note">Why the wish could not be done, or what is to know about it; null for nothing. That it was so before is told by
/// <paramref name="Changed"/> and <paramref name="Problem"/> together.</param>
/// <param name="Assignee">Whose it is; null for nobody's.</param>
/// <param name="Problem">Whether the wish could not be done; false also where it was so before.</param>
internal sealed record ReviewLine(string Named, Guid? Id, string? Status, bool Changed, string? Note, string? Assignee = null, bool Problem = false);
