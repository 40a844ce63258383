using Microsoft.Extensions.AI.Evaluation;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Evaluators;

/// <summary>The probability of a class by a trained classifier, from 0 to 1: toxicity, obscenity.</summary>
/// <param name="classifier">The classifier; its card's name is the metric's name.</param>
public sealed class ClassifierEvaluator(TextClassifier classifier) : AnswerEvaluator
{
    /// <inheritdoc/>
    public override IReadOnlyCollection<string> EvaluationMetricNames { get; } = [classifier.Card.Name];

    /// <inheritdoc/>
    protected override EvaluationMetric[] Judge(string answer, EvaluationPrompt? prompt) =>
        [new NumericMetric(classifier.Card.Name, classifier.Probability(answer))];
}
