namespace Unlearning.Host.Cli.Incidents;

/// <summary>What <c>incidents show</c> prints.</summary>
internal sealed record IncidentDetails
{
    public required Guid Id { get; init; }

    public required string Fingerprint { get; init; }

    public required string Status { get; init; }

    public required string Hazard { get; init; }

    public required int Severity { get; init; }

    /// <summary>Whether a prompt of it ever matched.</summary>
    public required bool PromptMatched { get; init; }

    /// <summary>What decided, of the interaction that its text is from.</summary>
    public required Decision Decision { get; init; }

    public required string BaseModel { get; init; }

    /// <summary>Keyed hash of who got the answer.</summary>
    public string? Subject { get; init; }

    public required int PromptLength { get; init; }

    public required int AnswerLength { get; init; }

    /// <summary>The prompt, only where it was asked for.</summary>
    public string? Prompt { get; init; }

    /// <summary>The answer, only where it was asked for.</summary>
    public string? Answer { get; init; }

    public required int Count { get; init; }

    /// <summary>How often it was seen from a release that should have forgotten it.</summary>
    public required int Recurrences { get; init; }

    public required DateTimeOffset FirstSeen { get; init; }

    public required DateTimeOffset LastSeen { get; init; }

    public required IReadOnlyList<SeenWith> Releases { get; init; }

    public required IReadOnlyList<SeenWith> Functions { get; init; }

    public required IReadOnlyList<SeenWith> Models { get; init; }

    /// <summary>Its latest occurrences, newest first.</summary>
    public required IReadOnlyList<Decision> Latest { get; init; }

    public required UnlearningOutlook Unlearning { get; init; }

    public string? RemediatedBy { get; init; }

    public required IReadOnlyList<RunUse> Runs { get; init; }
}
