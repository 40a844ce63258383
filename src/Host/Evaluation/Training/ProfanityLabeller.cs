using Unlearning.Host.Evaluation.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>
/// Labels texts as obscene where they hold an expression of a profanity list as whole words (weak supervision: no set of obscene text
/// of useful size is free to use). Training on whole texts lets the classifier learn what stands around the words, too, and their
/// parts catch spellings that the list lacks.
/// </summary>
internal sealed class ProfanityLabeller
{
    private readonly HashSet<string> _expressions;
    private readonly int _longest;

    /// <summary>Takes the expressions that people find at least strong; mild ones ("dang", "69") do not make a text obscene.</summary>
    public ProfanityLabeller(IEnumerable<(string Text, double Severity)> list)
    {
        string[][] expressions = [.. list.Where(entry => entry.Severity >= 1.6).Select(entry => TextFeatures.Words(entry.Text)).Where(words => words.Length > 0)];
        _expressions = expressions.Select(words => string.Join(' ', words)).ToHashSet(StringComparer.Ordinal);
        _longest = expressions.Max(words => words.Length);
    }

    /// <summary>The expressions themselves as positive texts.</summary>
    public IEnumerable<LabelledText> Expressions =>
        _expressions.Order(StringComparer.Ordinal).Select(expression => new LabelledText(expression, true, "profanity", $"profanity-{expression}"));

    /// <summary>The text with the list's label instead of its own.</summary>
    public LabelledText Label(LabelledText text)
    {
        string[] words = TextFeatures.Words(text.Text);
        bool obscene = Enumerable.Range(0, words.Length).Any(start =>
            Enumerable.Range(1, Math.Min(_longest, words.Length - start)).Any(length => _expressions.Contains(string.Join(' ', words, start, length))));
        return text with { Positive = obscene };
    }
}
