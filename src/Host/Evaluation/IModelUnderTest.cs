using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Evaluation.RunningTexts;

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

    /// <summary>Scores passages of running text as they stand, without a chat template: every token but each passage's first.</summary>
    /// <param name="text">The text.</param>
    /// <param name="passages">How many are wanted, at least 1.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One score a passage, in the text's order, all of equally many tokens; fewer than wanted where the text has no more.</returns>
    /// <exception cref="InvalidDataException">The text is shorter than one passage.</exception>
    Task<IReadOnlyList<AnswerScore>> ReadAsync(RunningText text, int passages, CancellationToken cancellationToken);
}
