namespace Unlearning.Host.Approvals;

/// <summary>Whether a release may serve now, and what speaks against it.</summary>
/// <param name="Proposal">What the gates, as they are configured now, say.</param>
/// <param name="Status">What people said about that.</param>
public sealed record Standing(Proposal Proposal, ApprovalStatus Status)
{
    /// <summary>Whether it may: its gates pass, nobody rejected it, and as many approved it as have to.</summary>
    public bool MayServe => Proposal.Passes && Status.State == ApprovalState.Approved;
}
