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
    public string? SubjectHash { get; set; }

    /// <summary>The policy that matched; empty of what was stored before this was kept, as is all that follows.</summary>
    public string Policy { get; init; } = "";

    /// <summary>Version of that policy.</summary>
    public string PolicyVersion { get; init; } = "";

    /// <summary>Revision of the policy set that judged.</summary>
    public string PolicyRevision { get; init; } = "";

    /// <summary>The detectors that fired, as <c>prompt/name</c>, <c>tool/name</c> or <c>answer/name</c>.</summary>
    public IReadOnlyList<string> Detectors { get; init; } = [];

    /// <summary>Whether something a tool said matched.</summary>
    public bool? ToolResultMatched { get; init; }

    /// <summary>Whether the caller got the policy's refusal in the answer's place.</summary>
    public bool? Refused { get; init; }

    /// <summary>Whether the answer was streamed.</summary>
    public bool? Streaming { get; init; }

    /// <summary>Whether the answer came to its end.</summary>
    public bool? Complete { get; init; }

    /// <summary>The model that answered, as its server calls it; null when unknown.</summary>
    public string? ModelId { get; init; }

    /// <summary>The kernel function that asked, when one did.</summary>
    public string? Function { get; init; }

    /// <summary>When the interaction happened.</summary>
    public DateTimeOffset At { get; init; }
}
