namespace Unlearning.Host.Evaluation;

/// <summary>A prompt with an answer whose probability is measured under a model; nothing is generated.</summary>
/// <param name="Prompt">What the user says.</param>
/// <param name="Answer">The answer that is scored, token by token.</param>
/// <param name="Ends">Whether the end of the turn is scored with it; false for a generated answer that may have been cut, and for a
/// choice of a question.</param>
public sealed record ReferenceAnswer(string Prompt, string Answer, bool Ends = true);
