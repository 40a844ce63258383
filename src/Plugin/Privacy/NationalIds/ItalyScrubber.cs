using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Italian tax codes (codice fiscale), with their check letter.</summary>
internal sealed partial class ItalyScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    private static readonly int[] _odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

    /// <inheritdoc/>
    protected override bool IsValid(ReadOnlySpan<char> match)
    {
        int sum = 0;
        for (int i = 0; i < 15; i++)
        {
            int value = char.IsAsciiDigit(match[i]) ? match[i] - '0' : char.ToUpperInvariant(match[i]) - 'A';
            sum += i % 2 == 0 ? _odd[value] : value;
        }

        return sum % 26 == char.ToUpperInvariant(match[15]) - 'A';
    }

    [GeneratedRegex(
        @"(?<![0-9A-Za-z])[A-Za-z]{6}[0-9L-NP-Vl-np-v]{2}[A-EHLMPR-Ta-ehlmpr-t][0-9L-NP-Vl-np-v]{2}[A-Za-z][0-9L-NP-Vl-np-v]{3}[A-Za-z](?![0-9A-Za-z])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
