using Unlearning.Host.Embeddings;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>Trains both parts of a <see cref="BlendedClassifier"/>, each by itself and on the same texts.</summary>
/// <param name="words">Trains the part that goes by n-grams.</param>
/// <param name="trainedOn">The data sets, with their licences.</param>
internal sealed class BlendTrainer(MetricTrainer words, string trainedOn)
{
    // Of 0.5, 1.6, 5, 16 and 48, the one of the least logarithmic loss in cross-validation on the training texts, for both classes. Every
    // number of an embedding is in every text, so counts say nothing about it.
    private static readonly LogisticRegressionSettings _regression = new() { C = 5, MinimumOccurrences = 0, CountRatioScaling = false };

    private static readonly int[] _indices = [.. Enumerable.Range(0, SentenceVectors.Dimension)];

    private readonly Dictionary<string, float[]> _vectors = [];

    /// <summary>Trains on all texts.</summary>
    public BlendedClassifier Train(IReadOnlyList<LabelledText> texts)
    {
        TextClassifier byWords = words.Train(texts);
        (float[] weights, double bias) = LogisticRegression.Fit(
            [.. texts.Select(text => new SparseVector(_indices, VectorOf(text.Text)))],
            [.. texts.Select(text => text.Positive)],
            SentenceVectors.Dimension,
            _regression);
        return new BlendedClassifier(byWords, new SentenceClassifier
        {
            Name = byWords.Card.Name,
            TrainedOn = trainedOn,
            Examples = texts.Count,
            Bias = bias,
            Weights = weights,
        });
    }

    /// <summary>Scores each text by a classifier trained on the other folds; texts of one group share a fold.</summary>
    public IReadOnlyList<(LabelledText Text, double Score)> CrossValidate(IReadOnlyList<LabelledText> texts) =>
        CrossValidation.Score(texts, part =>
        {
            Func<string, double> score = Scorer(Train(part));
            return text => score(text.Text);
        });

    /// <summary>Scores texts by a classifier.</summary>
    public IReadOnlyList<(LabelledText Text, double Score)> Score(BlendedClassifier classifier, IEnumerable<LabelledText> texts)
    {
        Func<string, double> score = Scorer(classifier);
        return [.. texts.Select(text => (text, score(text.Text)))];
    }

    // As the classifier itself, but with vectors that are computed once for all trainings.
    private Func<string, double> Scorer(BlendedClassifier classifier) => text =>
        classifier.Words.Probability(text) is var byWords && byWords == 0 ? 0 : (byWords + classifier.Meaning.ProbabilityOf(VectorOf(text))) / 2;

    private float[] VectorOf(string text)
    {
        if (!_vectors.TryGetValue(text, out float[]? vector))
            _vectors[text] = vector = SentenceVectors.Of(text);
        return vector;
    }
}
