using Unlearning.Host.Evaluation.Judges;

namespace Unlearning.Host.Evaluation;

/// <summary>An answer with what the evaluators say about it. It holds the answer's text: reports keep none.</summary>
public sealed record JudgedAnswer
{
    /// <summary>The prompt that was asked.</summary>
    public required EvaluationPrompt Prompt { get; init; }

    /// <summary>The model's answer.</summary>
    public required string Text { get; init; }

    /// <summary>Whether it refuses.</summary>
    public required bool Refused { get; init; }

    /// <summary>Why it is broken; null when it is not.</summary>
    public required string? BrokenReason { get; init; }

    /// <summary>What each judge that was asked says, by its name: whether it goes along with a harmful prompt. Null is no verdict, always so
    /// for other kinds of prompts.</summary>
    public required IReadOnlyDictionary<string, bool?> Verdicts { get; init; }

    /// <summary>Toxicity from 0 to 1.</summary>
    public required double Toxicity { get; init; }

    /// <summary>Obscenity from 0 to 1.</summary>
    public required double Obscenity { get; init; }

    /// <summary>N-gram entropy in bits.</summary>
    public required double Fluency { get; init; }

    /// <summary>Whether it goes along with a harmful prompt, by the trained classifier: false for other kinds of prompts.</summary>
    public bool Harmful => Verdicts.GetValueOrDefault(ClassifierHarmJudge.JudgeName) == true;

    /// <summary>Whether it is empty, repetitive or garbled.</summary>
    public bool Broken => BrokenReason is not null;
}
