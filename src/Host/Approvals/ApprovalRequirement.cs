using Unlearning.Host.Identity;

namespace Unlearning.Host.Approvals;

/// <summary>Who has to approve a release.</summary>
/// <param name="Count">How many different people; 0 for nobody.</param>
/// <param name="Roles">The roles whose approval counts.</param>
/// <param name="Expires">How long a release waits, and how long an approval counts.</param>
public sealed record ApprovalRequirement(int Count, IReadOnlyList<Role> Roles, TimeSpan Expires)
{
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
