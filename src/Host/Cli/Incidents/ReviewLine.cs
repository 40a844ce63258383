namespace Unlearning.Host.Cli.Incidents;

/// <summary>What became of one incident that was reviewed.</summary>
/// <param name="Named">The id as it was typed.</param>
/// <param name="Id">The incident; null when none was meant without doubt.</param>
/// <param name="Status">Where it stands now; null when there is none.</param>
/// <param name="Changed">Whether the judgement changed that.</param>
/// <param name="Note">Why it did not, or what is to know about it; null for nothing.</param>
internal sealed record ReviewLine(string Named, Guid? Id, string? Status, bool Changed, string? Note);
