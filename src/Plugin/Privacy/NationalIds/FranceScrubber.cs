using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>French registration numbers (NIR), with their key.</summary>
internal sealed partial class FranceScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override bool IsValid(ReadOnlySpan<char> match)
    {
        Span<char> compact = stackalloc char[15];
        int count = 0;
        foreach (char character in match)
        {
            if (character != ' ')
                compact[count++] = character;
        }

        // Corsica's 2A and 2B count as 19 and 18.
        if (compact[6] is 'A' or 'B')
            (compact[5], compact[6]) = ('1', compact[6] == 'A' ? '9' : '8');
        Span<int> digits = stackalloc int[15];
        CheckDigits.Read(compact, digits);
        return 97 - (CheckDigits.Number(digits[..13]) % 97) == CheckDigits.Number(digits[13..]);
    }

    [GeneratedRegex(
        @"(?<![0-9A-Za-z])[12][ ]?[0-9]{2}[ ]?(?:0[1-9]|1[0-2]|[2-9][0-9])[ ]?(?:[0-9]{2}|2[AB])[ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{2}(?![0-9A-Za-z])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
