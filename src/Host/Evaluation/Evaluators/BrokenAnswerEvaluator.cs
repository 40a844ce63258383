using Microsoft.Extensions.AI.Evaluation;

namespace Unlearning.Host.Evaluation.Evaluators;

/// <summary>Whether an answer is broken: empty, repetitive or garbled. The metric's reason says which.</summary>
public sealed class BrokenAnswerEvaluator : AnswerEvaluator
{
    /// <summary>Name of the boolean metric.</summary>
    public const string Broken = "broken";

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> EvaluationMetricNames { get; } = [Broken];

    /// <inheritdoc/>
    protected override EvaluationMetric[] Judge(string answer, EvaluationPrompt? prompt)
    {
        string? reason = BrokenAnswer.Reason(answer);
        BooleanMetric metric = new(Broken, reason is not null, reason);
        metric.Interpretation = new EvaluationMetricInterpretation(
            reason is null ? EvaluationRating.Good : EvaluationRating.Unacceptable, failed: reason is not null, reason);
        return [metric];
    }
}
