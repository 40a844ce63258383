namespace Unlearning.Host.Incidents;

/// <summary>
/// One interaction that fell under an incident: no text, only what counting needs. The key
/// (<see cref="IncidentId"/>, <see cref="InteractionId"/>) makes reporting an interaction twice count once.
/// </summary>
public sealed class IncidentOccurrence
{
    /// <summary>The incident.</summary>
    public Guid IncidentId { get; init; }

    /// <summary>The interaction's id, given where it was captured.</summary>
    public required string InteractionId { get; init; }

    /// <summary>The release that answered.</summary>
    public required string ReleaseId { get; init; }

    /// <summary>Whether the answer matched, not only the prompt.</summary>
    public bool AnswerMatched { get; init; }

    /// <summary>Whether the release that answered was trained to forget this incident.</summary>
    public bool Recurrence { get; init; }

    /// <summary>Keyed hash of the subject; null when the caller named none.</summary>
    public string? SubjectHash { get; init; }

    /// <summary>When the interaction happened.</summary>
    public DateTimeOffset At { get; init; }
}
