using System.Text;

namespace Unlearning.Engine.Text;

/// <summary>Cuts text into runs of characters of one kind and runs of others.</summary>
internal sealed class RunPreTokenizer(Func<Rune, bool> isOfKind) : PreTokenizer
{
    /// <summary>The pattern <c>[\p{P}$+&lt;=&gt;^~|]+</c>.</summary>
    public static RunPreTokenizer Punctuation { get; } = new(rune => Rune.IsPunctuation(rune)
        || rune.Value is '$' or '+' or '<' or '=' or '>' or '^' or '~' or '|');

    /// <summary>The pattern <c>\p{N}+</c>.</summary>
    public static RunPreTokenizer Numbers { get; } = new(IsNumber);

    public override int NextLength(ReadOnlySpan<char> text)
    {
        var length = RunLength(text, isOfKind);
        return length > 0 ? length : RunLength(text, rune => !isOfKind(rune));
    }
}
