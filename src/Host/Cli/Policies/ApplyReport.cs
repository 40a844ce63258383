namespace Unlearning.Host.Cli.Policies;

/// <summary>What <c>policy apply</c> did, or would do.</summary>
/// <param name="Folder">The policy folder.</param>
/// <param name="Applied">Whether the set is in force now.</param>
/// <param name="OldRevision">The revision before.</param>
/// <param name="Revision">The revision of the set.</param>
/// <param name="Kept">Where the set before is kept.</param>
/// <param name="Policies">The policies that differ.</param>
internal sealed record ApplyReport(
    string Folder, bool Applied, string OldRevision, string Revision, string? Kept, IReadOnlyList<PolicyDifference> Policies);
