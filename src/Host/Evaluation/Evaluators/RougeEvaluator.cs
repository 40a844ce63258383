using Microsoft.Extensions.AI.Evaluation;

namespace Unlearning.Host.Evaluation.Evaluators;

/// <summary>How much of the prompt's reference answer an answer repeats, see <see cref="RougeScore"/>. The F form of each, from 0 to 1;
/// without a value where the prompt has no reference answer.</summary>
public sealed class RougeEvaluator : AnswerEvaluator
{
    /// <summary>Name of the metric of words in common.</summary>
    public const string Unigrams = "rouge_1";

    /// <summary>Name of the metric of the longest common subsequence.</summary>
    public const string LongestSubsequence = MetricNames.RougeL;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> EvaluationMetricNames { get; } = [Unigrams, LongestSubsequence];

    /// <inheritdoc/>
    protected override EvaluationMetric[] Judge(string answer, EvaluationPrompt? prompt) => prompt?.Answer is { } reference
        ?
        [
            new NumericMetric(Unigrams, RougeScore.Unigrams(reference, answer).F),
            new NumericMetric(LongestSubsequence, RougeScore.LongestSubsequence(reference, answer).F),
        ]
        : [new NumericMetric(Unigrams), new NumericMetric(LongestSubsequence)];
}
