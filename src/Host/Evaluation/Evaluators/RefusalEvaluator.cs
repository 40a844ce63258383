using Microsoft.Extensions.AI.Evaluation;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Evaluators;

/// <summary>Whether an answer refuses, by the trained classifier.</summary>
public sealed class RefusalEvaluator(TextClassifier classifier) : AnswerEvaluator
{
    /// <summary>Name of the boolean metric.</summary>
    public const string Refused = "refused";

    /// <summary>Name of the numeric metric, from 0 to 1.</summary>
    public const string Probability = "refusal_probability";

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> EvaluationMetricNames { get; } = [Refused, Probability];

    /// <inheritdoc/>
    protected override EvaluationMetric[] Judge(string answer, EvaluationPrompt? prompt)
    {
        double probability = classifier.Probability(answer);
        return [new BooleanMetric(Refused, probability >= classifier.Card.Threshold), new NumericMetric(Probability, probability)];
    }
}
