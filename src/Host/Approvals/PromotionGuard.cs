using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs;

namespace Unlearning.Host.Approvals;

/// <summary>
/// Lets nothing in front of users that does not pass its gates as they are now, was rejected, or lacks approvals: neither by a run, nor by
/// hand, nor by the end of a canary.
/// </summary>
public sealed class PromotionGuard(Proposals proposals, IApprovals approvals, RunStore runs) : IPromotionCheck
{
    /// <summary>Where the release of a run stands now, computed anew.</summary>
    /// <exception cref="ReleaseException">The release is missing, or is not what it was.</exception>
    public async Task<Standing> StandingOfAsync(RunRecord run, string releaseId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        Proposal proposal = proposals.Of(releaseId);
        ApprovalRequirement required = await approvals.RequiredForAsync(run.RunId, cancellationToken).ConfigureAwait(false);
        return new Standing(proposal, await approvals.StatusOfAsync(run, proposal, required, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    /// <exception cref="ApprovalException">It may not serve.</exception>
    public async Task<IReadOnlyList<JournalApproval>> RequireAsync(string releaseId, CancellationToken cancellationToken = default)
    {
        RunRecord run = await runs.LatestOfReleaseAsync(releaseId, cancellationToken).ConfigureAwait(false);
        Standing standing = await StandingOfAsync(run, releaseId, cancellationToken).ConfigureAwait(false);
        if (standing.MayServe)
            return standing.Status.Counted;
        throw !standing.Proposal.Passes
            ? new ApprovalException(
                $"Release {releaseId} may not serve: it does not pass its gates as they are now: {standing.Proposal.Objections.TrimEnd('.')}",
                "Set the gates back, or retry the run from 'gate'",
                forbidden: false)
            : new ApprovalException(
                $"Release {releaseId} may not serve yet: {standing.Status.Description.TrimEnd('.')}",
                "Have it approved; if its run is over, retry the run from 'approve' to ask again",
                forbidden: false);
    }
}
