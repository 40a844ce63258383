namespace Unlearning.Host.Incidents;

/// <summary>One interaction judged under one hazard, scrubbed and fingerprinted: what the store counts.</summary>
public sealed record IncidentObservation
{
    /// <summary>The interaction's id; the same id under the same fingerprint is counted once.</summary>
    public required string InteractionId { get; init; }

    /// <inheritdoc cref="Incident.Fingerprint"/>
    public required string Fingerprint { get; init; }

    /// <inheritdoc cref="Incident.Hazard"/>
    public required string Hazard { get; init; }

    /// <inheritdoc cref="Incident.BaseModelHash"/>
    public required string BaseModelHash { get; init; }

    /// <summary>The policy that matched.</summary>
    public required string Policy { get; init; }

    /// <summary>Version of that policy.</summary>
    public required string PolicyVersion { get; init; }

    /// <inheritdoc cref="Incident.PolicyRevision"/>
    public required string PolicyRevision { get; init; }

    /// <inheritdoc cref="Incident.Severity"/>
    public int Severity { get; init; }

    /// <summary>The scrubbed prompt.</summary>
    public required string Prompt { get; init; }

    /// <summary>The scrubbed answer.</summary>
    public required string Answer { get; init; }

    /// <summary>
    /// The release that answered, then the releases it was trained from, newest first; never empty. It decides
    /// whether seeing a remediated incident is a recurrence or only an older release still at work.
    /// </summary>
    public required IReadOnlyList<string> ReleaseLineage { get; init; }

    /// <inheritdoc cref="Incident.Function"/>
    public string? Function { get; init; }

    /// <inheritdoc cref="IncidentOccurrence.SubjectHash"/>
    public string? SubjectHash { get; init; }

    /// <summary>Whether the prompt matched.</summary>
    public bool PromptMatched { get; init; }

    /// <summary>Whether the answer matched.</summary>
    public bool AnswerMatched { get; init; }

    /// <inheritdoc cref="IncidentOccurrence.Detectors"/>
    public IReadOnlyList<string> Detectors { get; init; } = [];

    /// <inheritdoc cref="IncidentOccurrence.ToolResultMatched"/>
    public bool ToolResultMatched { get; init; }

    /// <inheritdoc cref="IncidentOccurrence.Refused"/>
    public bool Refused { get; init; }

    /// <inheritdoc cref="IncidentOccurrence.Streaming"/>
    public bool Streaming { get; init; }

    /// <inheritdoc cref="IncidentOccurrence.Complete"/>
    public bool Complete { get; init; }

    /// <inheritdoc cref="IncidentOccurrence.ModelId"/>
    public string? ModelId { get; init; }

    /// <summary>Whether the policy confirms without a reviewer.</summary>
    public bool AutoAccept { get; init; }

    /// <inheritdoc cref="Incident.RemediationEnabled"/>
    public bool RemediationEnabled { get; init; }

    /// <summary>When the interaction happened.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The identifiers, and none of the text, so that nothing that logs this leaks it.</summary>
    public override string ToString() => $"observation of {Hazard} in interaction {InteractionId}";
}
