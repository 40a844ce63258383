using System.Text.RegularExpressions;

namespace Unlearning.Host.Evaluation.Fluency;

/// <summary>
/// Puts spaces around what the Penn Treebank convention takes for words of their own: the substitutions of NLTK's
/// NLTKWordTokenizer, in its order (Apache-2.0, nltk/tokenize/destructive.py, after R. MacIntyre's tokenizer.sed, 1995).
/// </summary>
internal static class TreebankSpacing
{
    private static readonly (Regex Pattern, string Replacement)[] _beforePadding =
    [
        // Opening quotes.
        (Rule("([«“‘„]|[`]+)"), " $1 "),
        (Rule("^\""), "``"),
        (Rule("(``)"), " $1 "),
        (Rule(@"([ \(\[{<])(""|'{2})"), "$1 `` "),
        (Rule(@"(?i)(')(?!re|ve|ll|m|t|s|d|n)(\w)\b"), "$1 $2"),

        // Punctuation. Only the last full stop of the text ends a sentence here.
        (Rule("([^\\.])(\\.)([\\]\\)}>\"''»”’ ]*)\\s*$"), "$1 $2 $3 "),
        (Rule(@"([:,])([^\d])"), " $1 $2"),
        (Rule("([:,])$"), " $1 "),
        (Rule(@"\.{2,}"), " $0 "),
        (Rule("[;@#$%&]"), " $0 "),
        (Rule("([^\\.])(\\.)([\\]\\)}>\"']*)\\s*$"), "$1 $2$3 "),
        (Rule("[?!]"), " $0 "),
        (Rule("([^'])' "), "$1 ' "),
        (Rule("[*]"), " $0 "),

        // Brackets and dashes.
        (Rule(@"[\]\[\(\)\{\}\<\>]"), " $0 "),
        (Rule("--"), " -- "),
    ];

    private static readonly (Regex Pattern, string Replacement)[] _afterPadding =
    [
        // Closing quotes and English endings.
        (Rule("([»”’])"), " $1 "),
        (Rule("''"), " '' "),
        (Rule("\""), " '' "),
        (Rule(@"\s+"), " "),
        (Rule("([^' ])('[sS]|'[mM]|'[dD]|') "), "$1 $2 "),
        (Rule("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) "), "$1 $2 "),

        // Contractions that are two words.
        (Rule(@"(?i)\b(can)(not)\b"), " $1 $2 "),
        (Rule(@"(?i)\b(d)('ye)\b"), " $1 $2 "),
        (Rule(@"(?i)\b(gim)(me)\b"), " $1 $2 "),
        (Rule(@"(?i)\b(gon)(na)\b"), " $1 $2 "),
        (Rule(@"(?i)\b(got)(ta)\b"), " $1 $2 "),
        (Rule(@"(?i)\b(lem)(me)\b"), " $1 $2 "),
        (Rule(@"(?i)\b(more)('n)\b"), " $1 $2 "),
        (Rule(@"(?i)\b(wan)(na)(?=\s)"), " $1 $2 "),
        (Rule(@"(?i) ('t)(is)\b"), " $1 $2 "),
        (Rule(@"(?i) ('t)(was)\b"), " $1 $2 "),
    ];

    /// <summary>The text with a space on each side of every Treebank word.</summary>
    public static string Apply(string text)
    {
        foreach ((Regex pattern, string replacement) in _beforePadding)
        {
            text = pattern.Replace(text, replacement);
        }

        text = $" {text} ";
        foreach ((Regex pattern, string replacement) in _afterPadding)
        {
            text = pattern.Replace(text, replacement);
        }

        return text;
    }

    private static Regex Rule(string pattern) => new(pattern, RegexOptions.CultureInvariant);
}
