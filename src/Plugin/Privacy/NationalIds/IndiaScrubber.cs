using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Indian identity numbers (Aadhaar) in their groups or announced, with their Verhoeff digit.</summary>
internal sealed partial class IndiaScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    // The multiplication of the symmetries of a pentagon, and the permutation that goes with each place.
    private static readonly string[] _product =
    [
        "0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
    ];

    private static readonly string[] _place =
    [
        "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
    ];

    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        Span<int> digits = stackalloc int[12];
        CheckDigits.Read(text.Slice(start, length), digits);
        int sum = 0;
        for (int i = 0; i < 12; i++)
            sum = _product[sum][_place[i % 8][digits[11 - i]] - '0'] - '0';
        return sum == 0 && !CheckDigits.AllSame(digits) && (length == 14 || IsAnnounced(text, start, "aadhaar", "aadhar", "uid")) ? (start, length) : default;
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z])[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
