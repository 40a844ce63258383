using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Belgian national register numbers: a date, a serial number and a check modulo 97.</summary>
internal sealed partial class BelgiumScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override bool IsValid(ReadOnlySpan<char> match)
    {
        Span<int> digits = stackalloc int[11];
        CheckDigits.Read(match, digits);
        long number = CheckDigits.Number(digits[..9]), check = CheckDigits.Number(digits[9..]);

        // Those born since 2000 have a 2 before the number.
        return 97 - (number % 97) == check || 97 - ((number + 2_000_000_000) % 97) == check;
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z])[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
