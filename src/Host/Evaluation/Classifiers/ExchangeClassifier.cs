using System.Text.Json;
using Unlearning.Host.Embeddings;

namespace Unlearning.Host.Evaluation.Classifiers;

/// <summary>
/// A logistic regression over the sentence embeddings of a prompt, of its answer and of both as one text, one after the other:
/// p = 1 / (1 + exp(-(w x + b))). The embedding is the embedded MiniLM's, never the served model's. Immutable and safe for concurrent use.
/// </summary>
public sealed class ExchangeClassifier
{
    /// <summary>How many embeddings an exchange has.</summary>
    internal const int Parts = 3;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The class that it recognises: <c>unsafe</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The embedding model that the weights belong to.</summary>
    public string Embedding { get; init; } = SentenceVectors.Model;

    /// <summary>The data sets that it was trained on, with their licences.</summary>
    public required string TrainedOn { get; init; }

    /// <summary>How many exchanges it was trained on.</summary>
    public required int Examples { get; init; }

    /// <summary>From this probability on an exchange counts as one of the class; more than 0 and less than 1.</summary>
    public required double Threshold { get; init; }

    /// <summary>The intercept.</summary>
    public required double Bias { get; init; }

    /// <summary>One weight a number of the embeddings: the prompt's, the answer's, that of both.</summary>
    public required IReadOnlyList<float> Weights { get; init; }

    /// <summary>Whether the exchange counts as one of the class.</summary>
    public bool Matches(string prompt, string answer) => Probability(prompt, answer) >= Threshold;

    /// <summary>The probability that the exchange belongs to the class, from 0 to 1. It takes three embeddings, some 30 ms.</summary>
    public double Probability(string prompt, string answer) => ProbabilityOf(VectorOf(prompt, answer, SentenceVectors.Of));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else, or weights of another embedding.</exception>
    public static ExchangeClassifier Read(Stream stream)
    {
        const string fix = "Make it again with the verb train-metrics.";
        ExchangeClassifier classifier;
        try
        {
            classifier = JsonSerializer.Deserialize<ExchangeClassifier>(stream, _json) ?? throw new InvalidDataException($"No classifier of exchanges. {fix}");
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"Not a classifier of exchanges. {fix}", cause);
        }

        return classifier.Embedding != SentenceVectors.Model || classifier.Weights.Count != Parts * SentenceVectors.Dimension
            ? throw new InvalidDataException(
                $"The classifier of exchanges has {classifier.Weights.Count} weights for '{classifier.Embedding}', not {Parts * SentenceVectors.Dimension} for '{SentenceVectors.Model}'. {fix}")
            : classifier.Threshold is > 0 and < 1
                ? classifier
                : throw new InvalidDataException(FormattableString.Invariant(
                    $"The classifier of exchanges has the threshold {classifier.Threshold}, which must lie between 0 and 1. {fix}"));
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, _json);

    /// <summary>
    /// The embeddings of an exchange. A part that is not known is zero, which speaks for neither class; the one text is then what is known.
    /// </summary>
    /// <param name="prompt">The prompt; empty where it is not known.</param>
    /// <param name="answer">The answer; empty where it is not known.</param>
    /// <param name="embed">Embeds a text.</param>
    internal static float[] VectorOf(string prompt, string answer, Func<string, float[]> embed)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(answer);
        float[] vector = new float[Parts * SentenceVectors.Dimension];
        Put(0, prompt);
        Put(1, answer);
        Put(2, prompt.Length == 0 || answer.Length == 0 ? prompt + answer : $"{prompt}\n{answer}");
        return vector;

        void Put(int part, string text)
        {
            if (text.Length > 0)
                embed(text).CopyTo(vector, part * SentenceVectors.Dimension);
        }
    }

    /// <summary>The probability by an exchange's embeddings.</summary>
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
