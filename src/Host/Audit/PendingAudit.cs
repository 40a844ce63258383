namespace Unlearning.Host.Audit;

/// <summary>An audit event that was committed together with the change it tells of, on its way to the audit's file.</summary>
public sealed class PendingAudit
{
    /// <summary>The order in which they go to the file.</summary>
    public long Sequence { get; init; }

    /// <summary>The event, as JSON.</summary>
    public required string Event { get; init; }
}
