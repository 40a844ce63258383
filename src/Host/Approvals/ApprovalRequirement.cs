using Unlearning.Host.Identity;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Approvals;

/// <summary>Who has to approve a release.</summary>
/// <param name="Count">How many different people; 0 for nobody.</param>
/// <param name="Roles">The roles whose approval counts.</param>
/// <param name="Expires">How long a release waits, and how long an approval counts.</param>
public sealed record ApprovalRequirement(int Count, IReadOnlyList<Role> Roles, TimeSpan Expires)
{
    /// <summary>The roles that may approve at all.</summary>
    public static IReadOnlyList<Role> ApprovingRoles { get; } =
        [.. Enum.GetValues<Role>().Where(role => RolePermissions.Of(role).HasFlag(Permissions.Approve))];

    /// <summary>What the configuration asks.</summary>
    public static ApprovalRequirement Of(ApprovalOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ApprovalRequirement(
            options.Required, options.Roles.Count > 0 ? [.. options.Roles] : ApprovingRoles, TimeSpan.FromHours(options.ExpiresHours));
    }

    /// <summary>What a policy asks.</summary>
    public static ApprovalRequirement Of(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Role[] named = [.. policy.Approvals.Roles.Select(role => Enum.TryParse(role, ignoreCase: true, out Role known) ? known : Role.Admin).Distinct()];
        return new ApprovalRequirement(policy.Approvals.Required, named.Length > 0 ? named : ApprovingRoles, policy.Approvals.Expires);
    }

    /// <summary>
    /// The strictest of several requirements: the most people, only roles that all of them accept, the shortest time. One that asks for
    /// nobody has no say about roles and time.
    /// </summary>
    public static ApprovalRequirement Strictest(ApprovalRequirement first, IEnumerable<ApprovalRequirement> others)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(others);
        return others.Where(other => other.Count > 0).Aggregate(first, (strictest, other) => strictest.Count == 0 ? other : new ApprovalRequirement(
            Math.Max(strictest.Count, other.Count),
            [.. strictest.Roles.Intersect(other.Roles)],
            strictest.Expires < other.Expires ? strictest.Expires : other.Expires));
    }
}
