namespace Unlearning.Host.Runs;

/// <summary>How a run came out: at its end, or where it has to wait.</summary>
/// <param name="Verdict">"pass", "fail" or "inconclusive"; null when there was nothing to judge.</param>
/// <param name="ReleaseId">The release the run made; null when it made none.</param>
/// <param name="Explanation">One sentence for the operator. Never prompt or answer text.</param>
public sealed record RunOutcome(string? Verdict, string? ReleaseId, string Explanation)
{
    /// <summary>
    /// <see cref="RunState.Completed"/>, the default; <see cref="RunState.AwaitingApproval"/> where a person has to approve first; or
    /// <see cref="RunState.Running"/> where it goes on at <see cref="WaitUntil"/>.
    /// </summary>
    public RunState State { get; init; } = RunState.Completed;

    /// <summary>When the run is to be executed again, having come as far as it may until then.</summary>
    public DateTimeOffset? WaitUntil { get; init; }

    /// <summary>Whether the run's work is worth keeping for a retry: it made a candidate that did not go live.</summary>
    public bool KeepsWork { get; init; }
}
