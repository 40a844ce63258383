using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Evaluation.RunningTexts;

namespace Unlearning.Host.Tests.Evaluation;

/// <summary>A model that answers by a function and finds answers as likely as told.</summary>
internal sealed class FakeModel(Func<string, string> answer, double negativeLogLikelihood = 2.0) : IModelUnderTest
{
    public List<string> Asked { get; } = [];

    public List<Sampling> Drawn { get; } = [];

    public List<ReferenceAnswer> Scored { get; } = [];

    public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Asked.AddRange(prompts);
        return Task.FromResult<IReadOnlyList<string>>([.. prompts.Select(answer)]);
    }

    public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, Sampling sampling, CancellationToken cancellationToken)
    {
        Drawn.Add(sampling);
        return AnswerAsync(prompts, cancellationToken);
    }

    public Task<IReadOnlyList<AnswerScore>> ScoreAsync(IReadOnlyList<ReferenceAnswer> answers, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Scored.AddRange(answers);
        return Task.FromResult<IReadOnlyList<AnswerScore>>(
            [.. answers.Select(
                (item, index) => new AnswerScore(
                    negativeLogLikelihood + (0.01 * (index % 5)), Math.Exp(-negativeLogLikelihood), item.Answer.Length))]);
    }

    /// <summary>Passages that differ among each other, all of one length.</summary>
    public Task<IReadOnlyList<AnswerScore>> ReadAsync(RunningText text, int passages, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AnswerScore>>(
            [.. Enumerable.Range(0, passages).Select(i => new AnswerScore(negativeLogLikelihood * (1 + (0.02 * (i % 7))), 0.1, RunningText.PassageTokens - 1))]);
}
