using System.Buffers;
using System.Globalization;
using System.Text;

namespace Unlearning.Plugin.Privacy;

/// <summary>
/// A text as the scrubbers read it: digits of every script and full-width forms as ASCII, every kind of space and dash as the plain one,
/// invisible characters left out, and what has been found blotted out. Each character knows where it stands in the original.
/// </summary>
internal sealed class FoldedText
{
    /// <summary>Stands for what was found. No scrubber matches it, or a text across it.</summary>
    public const char Blot = '\u0001';

    private static readonly SearchValues<char> _plain = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code), '\t', '\n', '\r']);

    private readonly char[] _text;

    // Null while every character stands where it stood.
    private readonly (int Start, int End)[]? _places;

    public FoldedText(string original)
    {
        if (!original.AsSpan().ContainsAnyExcept(_plain))
        {
            _text = original.ToCharArray();
            return;
        }

        char[] text = new char[original.Length];
        _places = new (int, int)[original.Length];
        int length = 0, width;
        for (int i = 0; i < original.Length; i += width)
        {
            // A lone surrogate stays as it is; it means nothing to any scrubber.
            bool whole = Rune.TryGetRuneAt(original, i, out Rune rune);
            width = whole ? rune.Utf16SequenceLength : 1;
            int folded = whole ? Fold(rune) : original[i];
            if (folded > char.MaxValue)
            {
                Put(original[i], i, i + 1);
                Put(original[i + 1], i + 1, i + 2);
            }
            else if (folded >= 0)
            {
                Put((char)folded, i, i + width);
            }
        }

        _text = text[..length];

        void Put(char character, int start, int end)
        {
            text[length] = character;
            _places[length++] = (start, end);
        }
    }

    /// <summary>The characters.</summary>
    public ReadOnlySpan<char> Span => _text;

    /// <summary>Blots out a part of the text.</summary>
    /// <returns>The part of the original that it stands for.</returns>
    public (int Start, int End) Take(int start, int length)
    {
        _text.AsSpan(start, length).Fill(Blot);
        return _places is null ? (start, start + length) : (_places[start].Start, _places[start + length - 1].End);
    }

    // The character's folded form, or -1 for none at all.
    private static int Fold(Rune rune)
    {
        if (rune.IsAscii)
            return rune.Value < ' ' && rune.Value is not ('\t' or '\n' or '\r') ? ' ' : rune.Value;
        if (rune.Value is >= 0xFF01 and <= 0xFF5E)
            return rune.Value - 0xFEE0;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.DecimalDigitNumber => '0' + (int)Rune.GetNumericValue(rune),
            UnicodeCategory.SpaceSeparator => ' ',
            UnicodeCategory.DashPunctuation => '-',
            UnicodeCategory.Format => -1,
            _ => rune.Value == 0x2212 ? '-' : rune.Value,
        };
    }
}
