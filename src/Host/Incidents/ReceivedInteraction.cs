namespace Unlearning.Host.Incidents;

/// <summary>
/// An interaction that was counted: no text, only the id, so that reporting it again changes nothing whatever became of it.
/// Kept as long as something may report again: <c>Unlearning:Privacy:ReceiptDays</c>.
/// </summary>
public sealed class ReceivedInteraction
{
    /// <summary>The interaction's id, given where it was captured.</summary>
    public required string InteractionId { get; init; }

    /// <summary>When it was received, which is what its keeping counts from; an interaction may wait long in an app's spool before.</summary>
    public DateTimeOffset At { get; init; }
}
