using Unlearning.Host.Evaluation.Attacks;

namespace Unlearning.Host.Evaluation;

/// <summary>
/// A model as the evaluation sees it. Baseline and candidate are two of these over the same serving path, so that a
/// difference between them is a difference of weights. All methods are deterministic: greedy decoding or seeded draws, batches of their own.
/// </summary>
public interface IModelUnderTest
{
    /// <summary>Answers each prompt as the assistant would.</summary>
    /// <returns>One answer a prompt, in the prompts' order; an answer may be empty.</returns>
    Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, CancellationToken cancellationToken);

    /// <summary>Answers each prompt with tokens drawn as told.</summary>
    /// <returns>One answer a prompt, in the prompts' order; an answer may be empty.</returns>
    Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, Sampling sampling, CancellationToken cancellationToken);

    /// <summary>Scores each reference answer under the model.</summary>
    /// <returns>One score a reference answer, in their order.</returns>
    Task<IReadOnlyList<AnswerScore>> ScoreAsync(IReadOnlyList<ReferenceAnswer> answers, CancellationToken cancellationToken);
}
