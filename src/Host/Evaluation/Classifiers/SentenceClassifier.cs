using System.Text.Json;
using Unlearning.Host.Embeddings;

namespace Unlearning.Host.Evaluation.Classifiers;

/// <summary>
/// A logistic regression over a text's sentence embedding: p = 1 / (1 + exp(-(w x + b))). It judges what a text means, also in words that it was
/// not trained on. The embedding is the embedded MiniLM's, never the served model's. Immutable and safe for concurrent use.
/// </summary>
public sealed class SentenceClassifier
{
    private const string Fix = "Make it again with the verb train-metrics.";

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The class that it recognises, for example <c>toxicity</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The embedding model that the weights belong to.</summary>
    public string Embedding { get; init; } = SentenceVectors.Model;

    /// <summary>The data sets that it was trained on, with their licences.</summary>
    public required string TrainedOn { get; init; }

    /// <summary>How many texts it was trained on.</summary>
    public required int Examples { get; init; }

    /// <summary>The intercept.</summary>
    public required double Bias { get; init; }

    /// <summary>One weight a number of the embedding.</summary>
    public required IReadOnlyList<float> Weights { get; init; }

    /// <summary>The probability that the text belongs to the class, from 0 to 1.</summary>
    public double Probability(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ProbabilityOf(SentenceVectors.Of(text));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else, or weights of another embedding.</exception>
    public static SentenceClassifier Read(Stream stream)
    {
        SentenceClassifier classifier;
        try
        {
            classifier = JsonSerializer.Deserialize<SentenceClassifier>(stream, _json) ?? throw new InvalidDataException($"No sentence classifier. {Fix}");
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"Not a sentence classifier. {Fix}", cause);
        }

        Check(classifier);
        return classifier;
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, _json);

    /// <summary>Holds what was read to this embedding.</summary>
    /// <exception cref="InvalidDataException">The weights are of another, or not as many.</exception>
    internal static void Check(SentenceClassifier classifier)
    {
        if (classifier.Embedding != SentenceVectors.Model || classifier.Weights.Count != SentenceVectors.Dimension)
        {
            throw new InvalidDataException(
                $"The sentence classifier has {classifier.Weights.Count} weights for '{classifier.Embedding}', not {SentenceVectors.Dimension} for '{SentenceVectors.Model}'. {Fix}");
        }
    }

    /// <summary>The probability by a text's embedding.</summary>
    internal double ProbabilityOf(IReadOnlyList<float> vector)
    {
        double sum = Bias;
        for (int i = 0; i < Weights.Count; i++)
        {
            sum += (double)Weights[i] * vector[i];
        }

        return 1.0 / (1.0 + Math.Exp(-sum));
    }
}
