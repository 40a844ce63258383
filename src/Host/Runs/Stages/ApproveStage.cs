using Unlearning.Host.Approvals;
using Unlearning.Host.Releases;

namespace Unlearning.Host.Runs.Stages;

/// <summary>Looks whether the candidate may go live: its gates still pass as they are now, and whoever has to has approved.</summary>
internal sealed class ApproveStage(PromotionGuard guard)
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
            return null;
        return status.State switch
        {
            ApprovalState.Rejected => Over(candidate, $"Rejected by {status.RejectedBy}; release {candidate.ReleaseId} does not go live."),
            ApprovalState.Expired => Over(candidate, $"Nobody approved release {candidate.ReleaseId} in time; it does not go live. Retry the run from 'approve' to ask again."),
            _ => new RunOutcome(candidate.Verdict, candidate.ReleaseId, status.Description) { State = RunState.AwaitingApproval },
        };
    }

    private static RunOutcome Over(Candidate candidate, string why) => new(candidate.Verdict, candidate.ReleaseId, why) { KeepsWork = true };
}
