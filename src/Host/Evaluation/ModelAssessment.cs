using Unlearning.Host.Evaluation.Choices;

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

    /// <summary>The scores of <see cref="Answers"/> under the frozen base, in the same order; empty where no base was given.</summary>
    public IReadOnlyList<AnswerScore> BaseScores { get; init; } = [];

    /// <summary>What is left of the suite's forgotten answers, in their order.</summary>
    public IReadOnlyList<ForgottenOutcome> Forgotten { get; init; } = [];

    /// <summary>What the model made of the suite's multiple-choice questions, in their order.</summary>
    public IReadOnlyList<ChoiceOutcome> Choices { get; init; } = [];

    /// <summary>For each attack, by the name of its metric, whether each attacked prompt was lost.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<bool>> Attacks { get; init; } = new Dictionary<string, IReadOnlyList<bool>>();
}
