namespace Unlearning.Host.Runs;

/// <summary>How a run that reached its end came out.</summary>
/// <param name="Verdict">"pass", "fail" or "inconclusive"; null when there was nothing to judge.</param>
/// <param name="ReleaseId">The release the run made; null when it made none.</param>
/// <param name="Explanation">One sentence for the operator. Never prompt or answer text.</param>
public sealed record RunOutcome(string? Verdict, string? ReleaseId, string Explanation);
