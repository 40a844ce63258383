using Microsoft.Extensions.AI.Evaluation;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Evaluators;

/// <summary>The probability of a class by a trained classifier, from 0 to 1: toxicity, obscenity.</summary>
public sealed class ClassifierEvaluator : AnswerEvaluator
{
    private readonly string _name;
    private readonly Func<string, double> _probability;

    /// <summary>An evaluator by n-grams and meaning.</summary>
    /// <param name="classifier">The classifier; its name is the metric's name.</param>
    public ClassifierEvaluator(BlendedClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        (_name, _probability) = (classifier.Name, classifier.Probability);
    }

    /// <summary>An evaluator by n-grams alone.</summary>
    /// <param name="classifier">The classifier; its card's name is the metric's name.</param>
    public ClassifierEvaluator(TextClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        (_name, _probability) = (classifier.Card.Name, classifier.Probability);
    }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> EvaluationMetricNames => [_name];

    /// <inheritdoc/>
    protected override EvaluationMetric[] Judge(string answer, EvaluationPrompt? prompt) => [new NumericMetric(_name, _probability(answer))];
}
