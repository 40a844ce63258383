namespace Unlearning.Host.Evaluation.Training;

/// <summary>A text with the truth about it.</summary>
/// <param name="Text">The text.</param>
/// <param name="Positive">Whether it belongs to the class.</param>
/// <param name="Source">The data set it came from.</param>
/// <param name="Group">Texts of one group are never divided between training and test when cross-validating (the same prompt, say).</param>
/// <param name="Prompt">What the text answers, where that is known.</param>
internal sealed record LabelledText(string Text, bool Positive, string Source, string Group, string? Prompt = null);
