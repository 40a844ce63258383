namespace Unlearning.Host.Incidents;

/// <summary>
/// Everything known about one harmful prompt under one hazard on one base model. Unique by
/// (<see cref="Fingerprint"/>, <see cref="BaseModelHash"/>): what one base learnt to refuse says nothing about another.
/// All text is scrubbed of personal data before it gets here.
/// </summary>
public sealed class Incident
{
    /// <summary>Identity, ordered by time of first sight (UUID version 7).</summary>
    public Guid Id { get; init; }

    /// <summary>Keyed hash of the normalised, scrubbed prompt and the hazard: 64 hex digits.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The hazard, as the policies name it.</summary>
    public required string Hazard { get; init; }

    /// <summary>SHA-256 of the base model's weights, in hex; or <c>model:</c> and its name, where only that is known.</summary>
    public required string BaseModelHash { get; init; }

    /// <summary>The policy whose match was kept last.</summary>
    public required string Policy { get; set; }

    /// <summary>Version of that policy.</summary>
    public required string PolicyVersion { get; set; }

    /// <summary>Hash of the policy set that judged.</summary>
    public required string PolicyRevision { get; set; }

    /// <summary>0 (safe) to 4 (critical).</summary>
    public int Severity { get; set; }

    /// <summary>The user's last message.</summary>
    public required string Prompt { get; set; }

    /// <summary>The latest harmful answer; the latest answer of any kind while none was harmful.</summary>
    public required string Answer { get; set; }

    /// <summary>The release that gave <see cref="Answer"/>.</summary>
    public required string ReleaseId { get; set; }

    /// <summary>The kernel function that asked, when one did.</summary>
    public string? Function { get; set; }

    /// <summary>Keyed hash of the subject who got <see cref="Answer"/>; null when the caller named none.</summary>
    public string? SubjectHash { get; set; }

    /// <summary>Whether a prompt of this incident ever matched.</summary>
    public bool PromptMatched { get; set; }

    /// <summary>Whether <see cref="Answer"/> itself matched. Only then is there anything to forget.</summary>
    public bool AnswerMatched { get; set; }

    /// <summary>Whether the policy lets runs forget it.</summary>
    public bool RemediationEnabled { get; set; }

    /// <summary>
    /// What decided, as all that follows up to <see cref="Complete"/> of the interaction that <see cref="Answer"/> is from: the names of the
    /// detectors that fired, as <c>prompt/name</c>, <c>tool/name</c> or <c>answer/name</c>. None of what was stored before they were kept.
    /// </summary>
    public IReadOnlyList<string> Detectors { get; set; } = [];

    /// <summary>Whether something a tool said matched; null of what was stored before this was kept.</summary>
    public bool? ToolResultMatched { get; set; }

    /// <summary>Whether the caller got the policy's refusal in the answer's place; null of what was stored before this was kept.</summary>
    public bool? Refused { get; set; }

    /// <summary>Whether the answer was streamed; null of what was stored before this was kept.</summary>
    public bool? Streaming { get; set; }

    /// <summary>Whether the answer came to its end; null of what was stored before this was kept.</summary>
    public bool? Complete { get; set; }

    /// <summary>The model that answered, as its server calls it; null when unknown.</summary>
    public string? ModelId { get; set; }

    /// <summary>Where it stands.</summary>
    public IncidentStatus Status { get; set; }

    /// <summary>How often it was seen.</summary>
    public int Count { get; set; }

    /// <summary>When it was first seen.</summary>
    public DateTimeOffset FirstSeen { get; init; }

    /// <summary>When it was last seen.</summary>
    public DateTimeOffset LastSeen { get; set; }

    /// <summary>When <see cref="Prompt"/> and <see cref="Answer"/> were said; null once they are deleted, and both are empty.</summary>
    public DateTimeOffset? TextAt { get; set; }

    /// <summary>The release that was trained to forget it, while <see cref="Status"/> is remediated or recurred.</summary>
    public string? RemediatedBy { get; set; }

    /// <summary>When a person, or a policy's auto-accept, confirmed it last; null while nobody has.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>Who is to look at it; null for nobody in particular.</summary>
    public string? Assignee { get; set; }
}
