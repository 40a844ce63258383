namespace Unlearning.Plugin.Policies;

/// <summary>How incidents of a policy are reviewed.</summary>
/// <param name="MinReviewers">How many different people must confirm an incident before it counts as confirmed; 1 or more. What is accepted
/// without a reviewer needs none.</param>
/// <param name="Sla">How soon a new incident should be reviewed; null sets no time.</param>
/// <param name="AutoAcceptUpTo">The gravest severity, 0 to 4, that is accepted without a reviewer; null accepts none.</param>
public sealed record PolicyReview(int MinReviewers, TimeSpan? Sla, int? AutoAcceptUpTo);
