namespace Unlearning.Host.Evaluation;

/// <summary>What a model still has of one forgotten answer.</summary>
/// <param name="Score">The answer's likelihood, with greedy hits.</param>
/// <param name="RougeL">F of ROUGE-L between the forgotten answer and what the model says to the same prompt, from 0 to 1.</param>
public sealed record ForgottenOutcome(AnswerScore Score, double RougeL);
