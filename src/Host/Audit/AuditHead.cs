namespace Unlearning.Host.Audit;

/// <summary>Where the audit ends. Kept elsewhere, it proves later that nothing before it was changed or cut off.</summary>
/// <param name="Sequence">The last entry's position; 0 for an empty audit.</param>
/// <param name="Hash">The last entry's hash, 64 hex digits.</param>
public sealed record AuditHead(long Sequence, string Hash)
{
    /// <summary>The head of an audit without entries.</summary>
    public static AuditHead Empty { get; } = new(0, AuditEntry.Genesis);
}
