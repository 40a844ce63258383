namespace Unlearning.Host.Incidents;

/// <summary>What a reviewer noted about an incident.</summary>
public sealed class IncidentComment
{
    /// <summary>Identity, ordered by time (UUID version 7).</summary>
    public Guid Id { get; init; }

    /// <summary>The incident.</summary>
    public Guid IncidentId { get; init; }

    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The note; encrypted at rest, as it may quote.</summary>
    public required string Text { get; init; }
}
