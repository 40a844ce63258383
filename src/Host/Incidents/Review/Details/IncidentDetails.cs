using Unlearning.Host.Incidents.Review.Judging;

namespace Unlearning.Host.Incidents.Review.Details;

/// <summary>Everything that is stored about an incident.</summary>
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

    /// <summary>Who is to look at it; null for nobody in particular.</summary>
    public string? Assignee { get; init; }

    /// <summary>When it was confirmed last.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>How many reviewers its policy asks for.</summary>
    public required int ReviewersNeeded { get; init; }

    /// <summary>How far a review by several people has come, as "1 of 2" or "disputed"; null where there is nothing to say.</summary>
    public string? Review { get; init; }

    /// <summary>What reviewers judged, oldest first.</summary>
    public required IReadOnlyList<ReviewerJudgement> Judgements { get; init; }

    /// <summary>What reviewers noted, oldest first; the words only where they were asked for.</summary>
    public required IReadOnlyList<IncidentNote> Comments { get; init; }

    public required IReadOnlyList<RunUse> Runs { get; init; }
}
