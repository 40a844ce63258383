using System.Text.Json;

namespace Unlearning.Plugin.Classifiers;

/// <summary>
/// A logistic regression over n-grams: p = 1 / (1 + exp(-(w x + b))). Small, the same on every machine, and loaded in
/// milliseconds, which is why it is not an ML.NET model (docs/decisions/own-linear-classifiers.md).
/// Immutable and safe for concurrent use.
/// </summary>
public sealed class TextClassifier
{
    private readonly float[] _weights;
    private readonly TextFeatures _features;

    /// <summary>Makes a classifier of trained weights.</summary>
    /// <param name="card">What it is and how it was made.</param>
    /// <param name="weights">One weight a bucket; its length must be 2^bits of the card's features.</param>
    public TextClassifier(TextClassifierCard card, float[] weights)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(weights);
        Card = card;
        _features = new TextFeatures(card.Features);
        _weights = weights.Length == _features.Dimension
            ? weights
            : throw new ArgumentException($"{weights.Length} weights for {_features.Dimension} buckets.", nameof(weights));
    }

    /// <summary>What the classifier is and how it was made.</summary>
    public TextClassifierCard Card { get; }

    /// <summary>The probability that the text belongs to the class, from 0 to 1; for a text without any word it is 0.</summary>
    public double Probability(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        SparseVector vector = _features.Of(text);
        return vector.Indices.Length == 0 ? 0.0 : 1.0 / (1.0 + Math.Exp(-(vector.Dot(_weights) + Card.Bias)));
    }

    /// <summary>Whether the probability reaches the card's threshold.</summary>
    public bool Matches(string text) => Probability(text) >= Card.Threshold;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else.</exception>
    public static TextClassifier Read(Stream stream)
    {
        using BinaryReader reader = new(stream);
        if (reader.ReadUInt32() != Magic)
        {
            throw new InvalidDataException("Not a text classifier. Make it again with the verb train-metrics.");
        }

        TextClassifierCard card = JsonSerializer.Deserialize<TextClassifierCard>(reader.ReadString(), JsonSerializerOptions.Web)
            ?? throw new InvalidDataException("The text classifier has no card. Make it again with the verb train-metrics.");
        float[] weights = new float[1 << card.Features.HashBits];
        int count = reader.Read7BitEncodedInt();
        for (int i = 0, index = -1; i < count; i++)
        {
            index += reader.Read7BitEncodedInt();
            weights[index] = (float)reader.ReadHalf();
        }

        return new TextClassifier(card, weights);
    }

    /// <summary>Writes the card as JSON, then each weight that is not zero as the distance to its bucket and a 16-bit float.</summary>
    public void Write(Stream stream)
    {
        using BinaryWriter writer = new(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        int[] kept = [.. Enumerable.Range(0, _weights.Length).Where(index => (Half)_weights[index] != (Half)0)];
        writer.Write(Magic);
        writer.Write(JsonSerializer.Serialize(Card, JsonSerializerOptions.Web));
        writer.Write7BitEncodedInt(kept.Length);
        int last = -1;
        foreach (int index in kept)
        {
            writer.Write7BitEncodedInt(index - last);
            writer.Write((Half)_weights[index]);
            last = index;
        }
    }

    /// <summary>"ULTC": unlearning text classifier.</summary>
    private const uint Magic = 0x43544C55;
}
