using Unlearning.Host.Embeddings;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>
/// Trains an <see cref="ExchangeClassifier"/>. A labelled text is the answer to its prompt; without a prompt it stands alone, and with a prompt
/// and no text the prompt does.
/// </summary>
/// <param name="name">The class.</param>
/// <param name="trainedOn">The data sets, with their licences.</param>
/// <param name="embed">Embeds a text.</param>
internal sealed class ExchangeTrainer(string name, string trainedOn, Func<string, float[]> embed)
{
    // Of 1, 5 and 20 the best on the third of BeaverTails and Alpaca that chose the form. Every number of an embedding is in every text, so
    // counts say nothing about it.
    private static readonly LogisticRegressionSettings _regression = new() { C = 1, MinimumOccurrences = 0, CountRatioScaling = false };

    private static readonly int[] _indices = [.. Enumerable.Range(0, SentenceVectors.Dimension)];

    private readonly Dictionary<string, float[]> _vectors = [];

    /// <summary>Trains on all exchanges.</summary>
    /// <param name="exchanges">The exchanges.</param>
    /// <param name="threshold">From which probability on an exchange is to count as one of the class.</param>
    public ExchangeClassifier Train(IReadOnlyList<LabelledText> exchanges, double threshold)
    {
        (float[] weights, double bias) = LogisticRegression.Fit(
            [.. exchanges.Select(exchange => new SparseVector(_indices, VectorOf(exchange)))],
            [.. exchanges.Select(exchange => exchange.Positive)],
            SentenceVectors.Dimension,
            _regression);
        SentenceClassifier meaning = new() { Name = name, TrainedOn = trainedOn, Examples = exchanges.Count, Bias = bias, Weights = weights };
        return new ExchangeClassifier { Threshold = threshold, Meaning = meaning };
    }

    /// <summary>Scores each exchange by a classifier trained on the other folds; exchanges of one group share a fold.</summary>
    public IReadOnlyList<(LabelledText Text, double Score)> CrossValidate(IReadOnlyList<LabelledText> exchanges) =>
        CrossValidation.Score(exchanges, part =>
        {
            ExchangeClassifier classifier = Train(part, 0.5);
            return exchange => classifier.Meaning.ProbabilityOf(VectorOf(exchange));
        });

    /// <summary>Scores exchanges by a classifier.</summary>
    public IReadOnlyList<(LabelledText Text, double Score)> Score(ExchangeClassifier classifier, IEnumerable<LabelledText> exchanges) =>
        [.. exchanges.Select(exchange => (exchange, classifier.Meaning.ProbabilityOf(VectorOf(exchange))))];

    private float[] VectorOf(LabelledText exchange)
    {
        string text = ExchangeClassifier.TextOf(exchange.Prompt ?? string.Empty, exchange.Text);
        if (!_vectors.TryGetValue(text, out float[]? vector))
            _vectors[text] = vector = embed(text);
        return vector;
    }
}
