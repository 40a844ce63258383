namespace Unlearning.Host.Audit;

/// <summary>One line of the audit.</summary>
/// <param name="Sequence">Its position, from 1.</param>
/// <param name="Previous">The hash of the entry before; 64 zeros for the first.</param>
/// <param name="Event">What happened.</param>
public sealed record AuditEntry(long Sequence, string Previous, AuditEvent Event)
{
    /// <summary>What the first entry names as the hash of the one before.</summary>
    public static string Genesis { get; } = new('0', 64);
}
