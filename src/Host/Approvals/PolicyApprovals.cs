using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Approvals;

/// <summary>The one place that says what a policy asks of approvals.</summary>
internal static class PolicyApprovals
{
    /// <summary>What the policy asks; null for nothing of its own.</summary>
    public static ApprovalRequirement? Of(Policy policy, ApprovalOptions defaults)
    {
        _ = policy;
        _ = defaults;
        return null;
    }
}
