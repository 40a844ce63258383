using Unlearning.Host.Approvals;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Runs.Stages;

/// <summary>
/// Looks whether the candidate may go live: its gates still pass as they are now, whoever has to has approved, and it is not quiet, where
/// nobody stands behind the run.
/// </summary>
internal sealed class ApproveStage(PromotionGuard guard, QuietTime quiet, TimeProvider time)
{
    /// <summary>The approvals that count, once it has looked; null where none is asked for.</summary>
    public IReadOnlyList<JournalApproval>? Approvals { get; private set; }

    /// <summary>Looks.</summary>
    /// <returns>Null when it may go live; else what the run comes to.</returns>
    public async Task<RunOutcome?> RunAsync(RunRecord run, Candidate candidate, CancellationToken cancellationToken)
    {
        // What passed may not pass any more: hours may lie between, and people.
        Standing standing = await guard.StandingOfAsync(run, candidate.ReleaseId, cancellationToken).ConfigureAwait(false);
        (Proposal proposal, ApprovalStatus status) = standing;
        if (!proposal.Passes)
            return Over(candidate, $"Not promoted: the gates changed since they were judged. {proposal.Objections}") with { Verdict = proposal.Verdict };
        Approvals = status.Required.Count == 0 ? null : status.Counted;
        if (standing.MayServe)
            return RunTriggers.IsAutomatic(run.Trigger) && quiet.EndOf(time.GetUtcNow()) is { } end ? AfterQuietHours(candidate, status, end) : null;
        return status.State switch
        {
            ApprovalState.Rejected => Over(candidate, $"Rejected by {status.RejectedBy}; release {candidate.ReleaseId} does not go live."),
            ApprovalState.Expired => Over(candidate, $"Release {candidate.ReleaseId} does not go live. {status.Description} Retry the run from 'approve' to ask again."),
            _ => new RunOutcome(candidate.Verdict, candidate.ReleaseId, status.Description) { State = RunState.AwaitingApproval },
        };
    }

    // An approval is no promise for later: what it would be too old for is told now, while somebody is there, and not when nothing happens.
    private static RunOutcome AfterQuietHours(Candidate candidate, ApprovalStatus status, DateTimeOffset end) =>
        status.HoldsUntil <= end
            ? Over(
                candidate,
                $"Release {candidate.ReleaseId} does not go live. Approved by {string.Join(" and ", status.ApprovedBy)}, but only until {status.HoldsUntil:u}, and the quiet hours last "
                + $"until {end:u}. Retry the run from 'approve' and have it approved again: what a person retries does not wait for their end.")
            : new RunOutcome(candidate.Verdict, candidate.ReleaseId, $"Passed; release {candidate.ReleaseId} goes live when the quiet hours end, at {end:u}.")
            {
                State = RunState.Running,
                WaitUntil = end,
            };

    private static RunOutcome Over(Candidate candidate, string why) => new(candidate.Verdict, candidate.ReleaseId, why) { KeepsWork = true };
}
