using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Spanish identity numbers of citizens (DNI) and foreigners (NIE), with their letter.</summary>
internal sealed partial class SpainScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    private const string Letters = "TRWAGMYFPDXBNJZSQVHLCKE";

    /// <inheritdoc/>
    protected override bool IsValid(ReadOnlySpan<char> match)
    {
        char last = char.ToUpperInvariant(match[^1]);
        Span<int> digits = stackalloc int[8];
        int first = "XYZ".IndexOf(char.ToUpperInvariant(match[0]), StringComparison.Ordinal);
        if (first >= 0)
            CheckDigits.Read(match, digits[1..]);
        else
            CheckDigits.Read(match, digits);
        digits[0] = first >= 0 ? first : digits[0];
        return Letters[(int)(CheckDigits.Number(digits) % 23)] == last;
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z])(?:[0-9]{8}|[XYZxyz][ -]?[0-9]{7})[ -]?[A-Za-z](?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
