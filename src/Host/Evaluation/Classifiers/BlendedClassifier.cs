using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Classifiers;

/// <summary>
/// The mean of two probabilities: by n-grams, which know the words that a text is made of, and by the sentence's embedding, which carries over
/// to other kinds of text (docs/decisions/own-linear-classifiers.md). Immutable and safe for concurrent use.
/// </summary>
/// <param name="words">By n-grams.</param>
/// <param name="meaning">By the embedding; of the same class.</param>
public sealed class BlendedClassifier(TextClassifier words, SentenceClassifier meaning)
{
    /// <summary>From this probability on a text counts as one of the class.</summary>
    public const double Threshold = 0.5;

    /// <summary>The class that it recognises.</summary>
    public string Name => Words.Card.Name;

    /// <summary>The part that goes by n-grams.</summary>
    public TextClassifier Words { get; } = words;

    /// <summary>The part that goes by the embedding.</summary>
    public SentenceClassifier Meaning { get; } = meaning;

    /// <summary>The probability that the text belongs to the class, from 0 to 1; for a text without any word it is 0.</summary>
    public double Probability(string text)
    {
        double byWords = Words.Probability(text);
        return byWords == 0 ? 0 : (byWords + Meaning.Probability(text)) / 2;
    }
}
