using Microsoft.Extensions.AI.Evaluation;
using Unlearning.Host.Evaluation.Fluency;

namespace Unlearning.Host.Evaluation.Evaluators;

/// <summary>N-gram entropy of an answer in bits, see <see cref="FluencyScore"/>.</summary>
public sealed class FluencyEvaluator : AnswerEvaluator
{
    /// <summary>The average of the two weighted entropies: the form that is reported.</summary>
    public const string Mean = "fluency";

    /// <summary>The sum of the two weighted entropies, twice as large.</summary>
    public const string Sum = "fluency_sum";

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> EvaluationMetricNames { get; } = [Mean, Sum];

    /// <inheritdoc/>
    protected override EvaluationMetric[] Judge(string answer, EvaluationPrompt? prompt)
    {
        FluencyScore score = FluencyScore.Of(answer);
        return [new NumericMetric(Mean, score.Mean), new NumericMetric(Sum, score.Sum)];
    }
}
