using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Brazilian taxpayer numbers (CPF), with their two check digits.</summary>
internal sealed partial class BrazilScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override bool IsValid(ReadOnlySpan<char> match)
    {
        Span<int> digits = stackalloc int[11];
        CheckDigits.Read(match, digits);
        return !CheckDigits.AllSame(digits)
            && CheckDigits.Weighted(digits, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10 == digits[9]
            && CheckDigits.Weighted(digits, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10 == digits[10];
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z.])[0-9]{3}(?:\.[0-9]{3}\.[0-9]{3}-|[0-9]{6}-?)[0-9]{2}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
