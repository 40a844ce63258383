using System.Globalization;

namespace Unlearning.Plugin.Capture;

/// <summary>Tells the characters that end a word whatever stands next to them.</summary>
internal static class WordEnd
{
    /// <summary>
    /// Whether a word ends at this character. Half surrogate pairs, symbols and marks do not count: in compatibility form, with what
    /// follows, they may turn into letters.
    /// </summary>
    public static bool IsAt(char character) => char.IsAscii(character)
        ? !char.IsAsciiLetterOrDigit(character) && character != '_'
        : char.GetUnicodeCategory(character)
            is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.DashPunctuation or UnicodeCategory.OtherPunctuation
            or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
            or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation;
}
