using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>United Kingdom National Health Service numbers, where they are announced.</summary>
internal sealed partial class UnitedKingdomHealthScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        Span<int> digits = stackalloc int[10];
        CheckDigits.Read(text.Slice(start, length), digits);
        int check = 11 - (CheckDigits.Weighted(digits, 10, 9, 8, 7, 6, 5, 4, 3, 2) % 11);
        return check % 11 == digits[9] && IsAnnounced(text, start, "nhs", "nhs number") ? (start, length) : default;
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
