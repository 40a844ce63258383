namespace Unlearning.Host.Evaluation;

/// <summary>What an evaluation leaves behind.</summary>
/// <param name="Report">The numbers, fit to be stored.</param>
/// <param name="Pairs">The answers of both models side by side, in memory only: they hold text.</param>
public sealed record EvaluationOutcome(EvaluationReport Report, IReadOnlyList<AnswerPair> Pairs);
