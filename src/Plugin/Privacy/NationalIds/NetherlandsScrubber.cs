using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Dutch citizen service numbers (BSN), where they are announced.</summary>
internal sealed partial class NetherlandsScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        Span<int> digits = stackalloc int[9];
        CheckDigits.Read(text.Slice(start, length), digits);
        return !CheckDigits.AllSame(digits) && CheckDigits.Weighted(digits, 9, 8, 7, 6, 5, 4, 3, 2, -1) % 11 == 0
            && IsAnnounced(text, start, "bsn", "burgerservicenummer", "sofinummer", "sofi-nummer", "citizen service number")
            ? (start, length) : default;
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z])[0-9]{4}[ .]?[0-9]{2}[ .]?[0-9]{3}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
