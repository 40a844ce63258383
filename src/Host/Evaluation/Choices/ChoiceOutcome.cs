namespace Unlearning.Host.Evaluation.Choices;

/// <summary>What a model made of one multiple-choice question.</summary>
/// <param name="Source">The data set of the question.</param>
/// <param name="Right">Whether it picked the right choice.</param>
public sealed record ChoiceOutcome(string Source, bool Right);
