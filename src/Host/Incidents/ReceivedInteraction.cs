namespace Unlearning.Host.Incidents;

/// <summary>An interaction that was counted: no text, only the id, so that reporting it again changes nothing whatever became of it.</summary>
public sealed class ReceivedInteraction
{
    /// <summary>The interaction's id, given where it was captured.</summary>
    public required string InteractionId { get; init; }

    /// <summary>When the interaction happened.</summary>
    public DateTimeOffset At { get; init; }
}
