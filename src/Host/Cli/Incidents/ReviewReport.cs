namespace Unlearning.Host.Cli.Incidents;

/// <summary>What <c>incidents confirm</c> and <c>incidents dismiss</c> print.</summary>
/// <param name="Changed">How many incidents took the judgement.</param>
/// <param name="Incidents">Each that was named, in that order.</param>
internal sealed record ReviewReport(int Changed, IReadOnlyList<ReviewLine> Incidents);
