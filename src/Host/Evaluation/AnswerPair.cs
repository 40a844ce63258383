namespace Unlearning.Host.Evaluation;

/// <summary>The two models' answers to one prompt.</summary>
/// <param name="Prompt">The prompt that was asked.</param>
/// <param name="Baseline">The answer before the change.</param>
/// <param name="Candidate">The answer after it.</param>
public sealed record AnswerPair(EvaluationPrompt Prompt, JudgedAnswer Baseline, JudgedAnswer Candidate);
