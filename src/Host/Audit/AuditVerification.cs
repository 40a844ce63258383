namespace Unlearning.Host.Audit;

/// <summary>What checking the audit found.</summary>
/// <param name="Head">Where the sound part ends.</param>
/// <param name="Problems">What is wrong, each with its line; none when the audit is whole.</param>
public sealed record AuditVerification(AuditHead Head, IReadOnlyList<string> Problems)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsWhole => Problems.Count == 0;
}
