using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Swedish personal identity numbers: a date, a serial number and a Luhn digit.</summary>
internal sealed partial class SwedenScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override bool IsValid(ReadOnlySpan<char> match)
    {
        Span<int> digits = stackalloc int[10];
        CheckDigits.Read(match[^11..], digits);
        return CheckDigits.Number(digits[2..4]) is >= 1 and <= 12 && CheckDigits.Number(digits[4..6]) is >= 1 and <= 91 && CheckDigits.Luhn(digits);
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z])(?:19|20)?[0-9]{6}[-+][0-9]{4}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
