using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>United States social security and individual taxpayer numbers: written with dashes, or announced.</summary>
internal sealed partial class UnitedStatesScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        ReadOnlySpan<char> match = text.Slice(start, length);
        Span<int> digits = stackalloc int[9];
        CheckDigits.Read(match, digits);
        long area = CheckDigits.Number(digits[..3]);
        bool issued = area is not (0 or 666) && CheckDigits.Number(digits[3..5]) > 0 && CheckDigits.Number(digits[5..]) > 0;
        bool written = match is [_, _, _, '-', _, _, '-', ..];
        return issued && (written || IsAnnounced(text, start, "ssn", "social security", "social security number", "itin")) ? (start, length) : default;
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z-])[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4}(?![0-9A-Za-z]|-[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
