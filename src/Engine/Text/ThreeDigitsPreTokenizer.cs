namespace Unlearning.Engine.Text;

/// <summary>The pattern <c>[0-9][0-9][0-9]</c>: ASCII digits go in threes from the left.</summary>
internal sealed class ThreeDigitsPreTokenizer : PreTokenizer
{
    public override int NextLength(ReadOnlySpan<char> text)
    {
        for (var start = 0; start <= text.Length - 3; start++)
        {
            if (char.IsAsciiDigit(text[start]) && char.IsAsciiDigit(text[start + 1]) && char.IsAsciiDigit(text[start + 2]))
                return start > 0 ? start : 3;
        }
        return text.Length;
    }
}
