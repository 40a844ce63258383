using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Demo.Bundle;

/// <summary>A prompt that may enter the bundle.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Stratum">What the splits are balanced over: the source and a category within it.</param>
/// <param name="Group">Prompts with the same group stay in the same split; null stands alone.</param>
internal sealed record CandidatePrompt(EvaluationPrompt Prompt, string Stratum, string? Group = null)
{
    /// <summary>The words that carry the prompt's meaning.</summary>
    public ContentWords Words { get; } = ContentWords.Of(Prompt.Text);
}
