namespace Unlearning.Host.Evaluation;

/// <summary>One prompt of a stored report.</summary>
/// <param name="PromptId">The prompt's id.</param>
/// <param name="Kind">The prompt's kind.</param>
/// <param name="Hazard">The prompt's hazard, where it has one.</param>
/// <param name="Baseline">Facts about the answer before the change.</param>
/// <param name="Candidate">Facts about the answer after it.</param>
public sealed record AnswerRecord(string PromptId, PromptKind Kind, string? Hazard, AnswerFacts Baseline, AnswerFacts Candidate);
