using Unlearning.Host.Audit;

namespace Unlearning.Host.Api.Management.Audit;

/// <summary>An entry of the audit, as it is shown.</summary>
/// <param name="Sequence">Its position, from 1.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What was done.</param>
/// <param name="Subject">To what.</param>
/// <param name="Reason">Why; null where nobody was asked.</param>
/// <param name="Details">Further ids, hashes, numbers and words.</param>
public sealed record AuditLineView(
    long Sequence, DateTimeOffset At, string Actor, string Action, string Subject, string? Reason, IReadOnlyDictionary<string, string> Details)
{
    /// <summary>What is shown of an entry.</summary>
    public static AuditLineView Of(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        AuditEvent one = entry.Event;
        return new(entry.Sequence, one.At, one.Actor, one.Action, one.Subject, one.Reason, one.Details);
    }
}
