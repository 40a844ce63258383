namespace Unlearning.Engine.Text;

/// <summary>GPT-2's rule: contractions, then words, numbers and punctuation with the space before them, then whitespace.</summary>
internal sealed class Gpt2PreTokenizer : PreTokenizer
{
    /// <summary>The same rule as a regular expression.</summary>
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override int NextLength(ReadOnlySpan<char> text)
    {
        if (text is ['\'', 's' or 't' or 'm' or 'd', ..])
            return 2;
        if (text is ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..])
            return 3;

        var space = text[0] == ' ' ? 1 : 0;
        var rest = text[space..];
        if (rest.IsEmpty)
            return 1;
        var first = RuneAt(rest, out _);
        if (IsSpace(first))
            return WhitespaceLength(text);
        if (IsLetter(first))
            return space + RunLength(rest, IsLetter);
        return space + RunLength(rest, IsNumber(first) ? IsNumber : IsOther);
    }
}
