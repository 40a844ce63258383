using Unlearning.Host.Releases;

namespace Unlearning.Host.Approvals;

/// <summary>Lets nobody put a release in front of users by hand that has not got the approvals which its run would have waited for.</summary>
public sealed class PromotionGuard(ApprovalStore approvals)
{
    /// <summary>The approvals that count for a release now; none where none is asked for.</summary>
    /// <exception cref="ApprovalException">Some are missing.</exception>
    /// <exception cref="ArgumentException">No run made such a release.</exception>
    public async Task<IReadOnlyList<JournalApproval>> RequireAsync(string releaseId, CancellationToken cancellationToken = default)
    {
        ApprovalStatus status = await approvals.StatusOfAsync(releaseId, cancellationToken).ConfigureAwait(false);
        return status.Required.Count == 0 || status.State == ApprovalState.Approved
            ? status.Counted
            : throw new ApprovalException(
                $"Release {releaseId} may not serve yet: {status.Description.TrimEnd('.')}",
                "Have it approved; if its run is over, retry the run from 'approve' to ask again",
                forbidden: false);
    }
}
