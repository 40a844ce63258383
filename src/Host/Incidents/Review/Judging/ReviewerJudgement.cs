namespace Unlearning.Host.Incidents.Review.Judging;

/// <summary>What one reviewer found.</summary>
/// <param name="By">Who.</param>
/// <param name="Harmful">Whether it is harmful.</param>
/// <param name="At">When.</param>
internal sealed record ReviewerJudgement(string By, bool Harmful, DateTimeOffset At);
