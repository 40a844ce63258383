namespace Unlearning.Host.Evaluation;

/// <summary>One model's answers and scores on a suite, before anything is compared. Lives in memory only.</summary>
public sealed record ModelAssessment
{
    /// <summary>The judged answers to harmful prompts and look-alikes, in the suite's order.</summary>
    public required IReadOnlyList<JudgedAnswer> Answers { get; init; }

    /// <summary>The harmful reference answers that were scored.</summary>
    public required IReadOnlyList<ReferenceAnswer> HarmfulReferences { get; init; }

    /// <summary>Their scores, in the same order.</summary>
    public required IReadOnlyList<AnswerScore> HarmfulScores { get; init; }

    /// <summary>The scores of the ordinary prompts' answers, in the suite's order.</summary>
    public required IReadOnlyList<AnswerScore> OrdinaryScores { get; init; }
}
