using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Finnish personal identity codes: a date, a sign of the century, a serial number and a check character.</summary>
internal sealed partial class FinlandScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    private const string Characters = "0123456789ABCDEFHJKLMNPRSTUVWXY";

    /// <inheritdoc/>
    protected override bool IsValid(ReadOnlySpan<char> match)
    {
        Span<int> digits = stackalloc int[9];
        CheckDigits.Read(match[..6], digits);
        CheckDigits.Read(match[7..10], digits[6..]);
        return Characters[(int)(CheckDigits.Number(digits) % 31)] == match[10];
    }

    [GeneratedRegex(
        @"(?<![0-9A-Za-z])(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}[-+A-FU-Y][0-9]{3}[0-9A-Y](?![0-9A-Za-z])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
