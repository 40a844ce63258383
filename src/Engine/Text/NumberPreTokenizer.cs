namespace Unlearning.Engine.Text;

/// <summary>Makes every number character a piece of its own, as SmolLM2's <c>Digits</c> rule does.</summary>
internal sealed class NumberPreTokenizer : PreTokenizer
{
    public override int NextLength(ReadOnlySpan<char> text) =>
        IsNumber(RuneAt(text, out var chars)) ? chars : RunLength(text, rune => !IsNumber(rune));
}
