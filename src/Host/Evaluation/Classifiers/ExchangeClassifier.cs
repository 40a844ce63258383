using System.Text.Json;

namespace Unlearning.Host.Evaluation.Classifiers;

/// <summary>
/// A sentence classifier that reads a prompt and its answer as one text, and a threshold. Immutable and safe for concurrent use.
/// </summary>
public sealed class ExchangeClassifier
{
    private const string Fix = "Make it again with the verb train-metrics.";

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>From this probability on an exchange counts as one of the class; more than 0 and less than 1.</summary>
    public required double Threshold { get; init; }

    /// <summary>The classifier of the text that prompt and answer make.</summary>
    public required SentenceClassifier Meaning { get; init; }

    /// <summary>Whether the exchange counts as one of the class.</summary>
    public bool Matches(string prompt, string answer) => Probability(prompt, answer) >= Threshold;

    /// <summary>The probability that the exchange belongs to the class, from 0 to 1.</summary>
    /// <param name="prompt">What was asked; empty where it is not known.</param>
    /// <param name="answer">What was answered; empty where only a prompt is to be judged.</param>
    public double Probability(string prompt, string answer) => Meaning.Probability(TextOf(prompt, answer));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else, or weights of another embedding.</exception>
    public static ExchangeClassifier Read(Stream stream)
    {
        ExchangeClassifier classifier;
        try
        {
            classifier = JsonSerializer.Deserialize<ExchangeClassifier>(stream, _json) ?? throw new InvalidDataException($"No classifier of exchanges. {Fix}");
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"Not a classifier of exchanges. {Fix}", cause);
        }

        SentenceClassifier.Check(classifier.Meaning ?? throw new InvalidDataException($"The classifier of exchanges has no weights. {Fix}"));
        return classifier.Threshold is > 0 and < 1
            ? classifier
            : throw new InvalidDataException(FormattableString.Invariant(
                $"The classifier of exchanges has the threshold {classifier.Threshold}, which must lie between 0 and 1. {Fix}"));
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, _json);

    /// <summary>The one text: the prompt, a line break and the answer, or the one of them that is known.</summary>
    internal static string TextOf(string prompt, string answer)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(answer);
        return prompt.Length == 0 || answer.Length == 0 ? prompt + answer : $"{prompt}\n{answer}";
    }
}
