namespace Unlearning.Plugin.Policies;

/// <summary>Who must agree before a candidate that passed its gates is promoted. Whoever proposed it never counts.</summary>
/// <param name="Required">How many different people, 0 (nobody) or more.</param>
/// <param name="Roles">The roles of which an approval counts.</param>
/// <param name="Expires">How long an approval holds; more than 0.</param>
public sealed record PolicyApprovals(int Required, IReadOnlyList<string> Roles, TimeSpan Expires)
{
    /// <summary>Gets what holds where a policy says nothing: nobody is asked.</summary>
    public static PolicyApprovals None { get; } = new(0, [], TimeSpan.FromHours(72));
}
