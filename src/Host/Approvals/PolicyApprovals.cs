using Unlearning.Host.Identity;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Approvals;

/// <summary>What a policy asks of approvals, in the Host's words.</summary>
internal static class PolicyApprovals
{
    /// <summary>What the policy asks; null for nothing of its own. Roles that may not approve are left out: nobody could, then.</summary>
    public static ApprovalRequirement? Of(Policy policy) => policy.Approvals is { Required: > 0 } approvals
        ? new ApprovalRequirement(
            approvals.Required,
            [
                .. approvals.Roles.Select(name => Enum.TryParse(name, ignoreCase: true, out Role role) ? role : (Role?)null)
                    .OfType<Role>().Where(role => RolePermissions.Of(role).HasFlag(Permissions.Approve)),
            ],
            approvals.Expires)
        : null;
}
