using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Evaluation.RunningTexts;

namespace Unlearning.Host.Runs.Assessment;

/// <summary>The base or a candidate as the evaluation sees it: greedy answers through the serving path, and likelihoods.</summary>
internal sealed class EngineModel(LlamaEngine engine, LoraAdapter? adapter, int answerTokens, Action<int>? answered = null) : IModelUnderTest
{
    // Of prompt and answer; an answer to a longer prompt is scored by its first tokens.
    private const int ScoredTokens = 128, FewestAnswerTokens = 16;

    // Every token of a passage needs the logits of the whole vocabulary: 100 MB for four passages of the default model, 260 MB of Llama-3.
    private const int PassagesAtOnce = 4;

    public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, CancellationToken cancellationToken) =>
        engine.AnswerAsync(prompts, adapter, new GenerationSettings { MaximumTokens = answerTokens }, answered is null ? null : new Relay(answered), cancellationToken);

    public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, Sampling sampling, CancellationToken cancellationToken) =>
        engine.AnswerAsync(
            prompts,
            adapter,
            new GenerationSettings { MaximumTokens = answerTokens, Temperature = sampling.Temperature, Seed = sampling.Seed },
            cancellationToken: cancellationToken);

    public async Task<IReadOnlyList<AnswerScore>> ScoreAsync(IReadOnlyList<ReferenceAnswer> answers, CancellationToken cancellationToken)
    {
        AnswerExample[] examples = [.. answers.Select((answer, i) => AnswerExample.Create(
            $"reference {i}", answer.Prompt, answer.Answer, engine.Template, engine.Tokenizer, Limit(answer.Prompt), answer.Ends))];
        IReadOnlyList<AnswerLikelihood> scores = await engine.ScoreAsync(examples, adapter, cancellationToken).ConfigureAwait(false);
        return [.. scores.Select(score => new AnswerScore(score.NegativeLogLikelihood, score.MeanProbability, score.Tokens)
        {
            GreedyHits = score.GreedyHits,
        })];
    }

    public async Task<IReadOnlyList<AnswerScore>> ReadAsync(RunningText text, int passages, CancellationToken cancellationToken)
    {
        List<AnswerScore> scores = [];
        foreach (AnswerExample[] batch in TextPassages.Cut(text, passages, engine.Tokenizer).Chunk(PassagesAtOnce))
        {
            IReadOnlyList<AnswerLikelihood> read = await engine.ScoreAsync(batch, adapter, cancellationToken).ConfigureAwait(false);
            scores.AddRange(read.Select(score => new AnswerScore(score.NegativeLogLikelihood, score.MeanProbability, score.Tokens)));
        }

        return scores;
    }

    private int Limit(string prompt) => Math.Max(
        ScoredTokens, engine.Template.Encode([new ChatTurn("user", prompt)], addGenerationPrompt: true, engine.Tokenizer).Length + FewestAnswerTokens);

    // Progress<T> would report later and elsewhere; the caller wants it in order.
    private sealed class Relay(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
