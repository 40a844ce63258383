using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>Canadian social insurance numbers, where they are announced.</summary>
internal sealed partial class CanadaScrubber() : PatternScrubber(NationalId.Placeholder, Number())
{
    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        Span<int> digits = stackalloc int[9];
        CheckDigits.Read(text.Slice(start, length), digits);
        return CheckDigits.Luhn(digits) && IsAnnounced(text, start, "sin", "social insurance", "social insurance number") ? (start, length) : default;
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z])[1-9][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
