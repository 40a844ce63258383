namespace Unlearning.Host.Incidents.Review.Details;

/// <summary>What decided about one interaction, and what its caller got. What was stored before such things were kept says less.</summary>
internal sealed record Decision
{
    public DateTimeOffset? At { get; init; }

    public string? Interaction { get; init; }

    public string? Policy { get; init; }

    public string? PolicyVersion { get; init; }

    public string? PolicyRevision { get; init; }

    public bool? ToolResultMatched { get; init; }

    public required bool AnswerMatched { get; init; }

    public required IReadOnlyList<string> Detectors { get; init; }

    public bool? Refused { get; init; }

    public bool? Streaming { get; init; }

    public bool? Complete { get; init; }

    public required string Release { get; init; }

    public string? Model { get; init; }

    public string? Function { get; init; }

    /// <summary>The decision that an incident stands on.</summary>
    public static Decision Of(Incident incident) => new()
    {
        At = incident.TextAt,
        Policy = incident.Policy,
        PolicyVersion = incident.PolicyVersion,
        PolicyRevision = incident.PolicyRevision,
        ToolResultMatched = incident.ToolResultMatched,
        AnswerMatched = incident.AnswerMatched,
        Detectors = incident.Detectors,
        Refused = incident.Refused,
        Streaming = incident.Streaming,
        Complete = incident.Complete,
        Release = incident.ReleaseId,
        Model = incident.ModelId,
        Function = incident.Function,
    };

    /// <summary>The decision about one occurrence.</summary>
    public static Decision Of(IncidentOccurrence occurrence) => new()
    {
        At = occurrence.At,
        Interaction = occurrence.InteractionId,
        Policy = occurrence.Policy.Length > 0 ? occurrence.Policy : null,
        PolicyVersion = occurrence.PolicyVersion.Length > 0 ? occurrence.PolicyVersion : null,
        PolicyRevision = occurrence.PolicyRevision.Length > 0 ? occurrence.PolicyRevision : null,
        ToolResultMatched = occurrence.ToolResultMatched,
        AnswerMatched = occurrence.AnswerMatched,
        Detectors = occurrence.Detectors,
        Refused = occurrence.Refused,
        Streaming = occurrence.Streaming,
        Complete = occurrence.Complete,
        Release = occurrence.ReleaseId,
        Model = occurrence.ModelId,
        Function = occurrence.Function,
    };

    /// <summary>What the caller got, in words.</summary>
    public string CallerGot() => Refused switch
    {
        null => "not recorded",
        true => Streaming == true ? "the policy's refusal, streamed" : "the policy's refusal",
        false => $"the answer{(Streaming == true ? ", streamed" : "")}{(Complete == false ? ", which did not come to its end" : "")}",
    };
}
