namespace Unlearning.Host.Releases.Journal;

/// <summary>An approval that counted when a release was promoted.</summary>
/// <param name="By">Who approved.</param>
/// <param name="At">When.</param>
/// <param name="Proposal">SHA-256 of what was approved: release content, gate decision and policies, in hex.</param>
public sealed record JournalApproval(string By, DateTimeOffset At, string Proposal);
