namespace Unlearning.Plugin.Policies;

/// <summary>When incidents of a policy start a run, beside the schedule. Each condition that is there suffices.</summary>
/// <param name="MinConfirmed">Starts one when at least so many incidents of the policy, 1 or more, were confirmed within
/// <paramref name="Window"/>; null counts none.</param>
/// <param name="Window">How far back is counted; more than 0.</param>
/// <param name="OrSeverity">Starts one when an incident of at least this severity, 0 to 4, is confirmed; null for none.</param>
public sealed record PolicyTrigger(int? MinConfirmed, TimeSpan Window, int? OrSeverity);
