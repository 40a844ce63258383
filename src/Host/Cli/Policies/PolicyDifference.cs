namespace Unlearning.Host.Cli.Policies;

/// <summary>How one policy differs between two sets.</summary>
/// <param name="Policy">The policy's name.</param>
/// <param name="Kind">added, removed or changed.</param>
/// <param name="OldVersion">Its version before; null when it was not there.</param>
/// <param name="NewVersion">Its version after; null when it is gone.</param>
/// <param name="Changes">What changed in it.</param>
internal sealed record PolicyDifference(string Policy, string Kind, string? OldVersion, string? NewVersion, IReadOnlyList<PolicyChange> Changes)
{
    /// <summary>The policy is new.</summary>
    public const string Added = "added";

    /// <summary>The policy is gone.</summary>
    public const string Removed = "removed";

    /// <summary>The policy is in both sets and not the same.</summary>
    public const string Changed = "changed";

    /// <summary>The versions in words.</summary>
    public string Versions => (OldVersion, NewVersion) switch
    {
        (null, _) => NewVersion!,
        (_, null) => OldVersion,
        _ when OldVersion == NewVersion => $"{NewVersion} (version not raised)",
        _ => $"{OldVersion} -> {NewVersion}",
    };
}
