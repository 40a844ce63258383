using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>German tax identification numbers (ISO 7064, MOD 11,10), written in their groups or announced.</summary>
internal sealed partial class GermanyScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        Span<int> digits = stackalloc int[11];
        CheckDigits.Read(text.Slice(start, length), digits);
        int product = 10;
        foreach (int digit in digits[..10])
        {
            int sum = (digit + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        // Of the first ten digits some come twice or thrice, and not all are different.
        bool repeats = digits[..10].ToArray().Distinct().Count() is 8 or 9;
        return (11 - product) % 10 == digits[10] && repeats
            && (length == 14 || IsAnnounced(text, start, "steuer-id", "steuerid", "idnr", "id-nr", "identifikationsnummer", "steueridentifikationsnummer", "tax id", "tin"))
            ? (start, length) : default;
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z])[1-9][0-9][ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
