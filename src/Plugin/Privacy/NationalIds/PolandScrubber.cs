using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Polish registration numbers (PESEL): a date, a serial number and a check digit.</summary>
internal sealed partial class PolandScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override bool IsValid(ReadOnlySpan<char> match)
    {
        Span<int> digits = stackalloc int[11];
        CheckDigits.Read(match, digits);

        // The century is added to the month as a multiple of twenty.
        bool date = (CheckDigits.Number(digits[2..4]) % 20) is >= 1 and <= 12 && CheckDigits.Number(digits[4..6]) is >= 1 and <= 31;
        return date && !CheckDigits.AllSame(digits) && CheckDigits.Weighted(digits, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1) % 10 == 0;
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z.])[0-9]{11}(?![0-9A-Za-z]|\.[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
