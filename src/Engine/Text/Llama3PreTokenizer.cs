using System.Text;

namespace Unlearning.Engine.Text;

/// <summary>
/// Llama-3's rule: contractions in any case, words with one character of any kind before them, numbers in threes, punctuation with the
/// line breaks after it, line breaks with the whitespace before them, other whitespace.
/// </summary>
internal sealed class Llama3PreTokenizer : PreTokenizer
{
    /// <summary>The same rule as a regular expression.</summary>
    public const string Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const int LongestNumber = 3;

    public override int NextLength(ReadOnlySpan<char> text)
    {
        var contraction = ContractionLength(text);
        if (contraction > 0)
            return contraction;

        var first = RuneAt(text, out var firstChars);
        if (IsLetter(first))
            return RunLength(text, IsLetter);
        if (IsNumber(first))
            return NumberLength(text);
        var afterFirst = text[firstChars..];
        if (!IsLineBreak(first) && !afterFirst.IsEmpty && IsLetter(RuneAt(afterFirst, out _)))
            return firstChars + RunLength(afterFirst, IsLetter);

        var space = text[0] == ' ' ? 1 : 0;
        var punctuation = RunLength(text[space..], IsOther);
        if (punctuation > 0)
            return space + punctuation + RunLength(text[(space + punctuation)..], IsLineBreak);

        var lastLineBreak = text[..RunLength(text, IsSpace)].LastIndexOfAny('\r', '\n');
        return lastLineBreak >= 0 ? lastLineBreak + 1 : WhitespaceLength(text);
    }

    private static bool IsLineBreak(Rune rune) => rune.Value is '\r' or '\n';

    private static int NumberLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        for (var count = 0; count < LongestNumber && length < text.Length && IsNumber(RuneAt(text[length..], out var chars)); count++)
            length += chars;
        return length;
    }

    private static int ContractionLength(ReadOnlySpan<char> text) => text switch
    {
        // U+017F, the long s, is an s to a pattern that ignores case.
        ['\'', 's' or 'S' or '\u017F' or 't' or 'T' or 'm' or 'M' or 'd' or 'D', ..] => 2,
        ['\'', 'r' or 'R' or 'v' or 'V', 'e' or 'E', ..] or ['\'', 'l' or 'L', 'l' or 'L', ..] => 3,
        _ => 0,
    };
}
