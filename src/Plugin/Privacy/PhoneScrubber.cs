using System.Buffers;
using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy;

/// <summary>
/// Phone numbers: international with + or 00; national with a leading zero and groups; North American groups; and any run of digits that
/// a word such as "call" or "tel." announces. Other bare digits are left alone.
/// </summary>
internal sealed partial class PhoneScrubber() : PatternScrubber("[phone]", Number())
{
    private static readonly SearchValues<char> _begins = SearchValues.Create("(0123456789");

    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        ReadOnlySpan<char> candidate = text.Slice(start, length);
        int announcement = candidate.IndexOfAny(_begins);
        if (char.IsLetter(candidate[0]))
        {
            candidate = candidate[announcement..];
            return CheckDigits.Read(candidate, []) is >= 7 and <= 15 && !IsDate(candidate) ? (start + announcement, candidate.Length) : default;
        }

        // A national number shorter than nine digits looks like a date.
        int least = candidate[0] == '+' ? 7 : 9;
        return CheckDigits.Read(candidate, []) >= least && !IsDate(candidate) ? (start, length) : default;
    }

    // 01.02.2024, alone or with a time after it; 2024-01-15.
    private static bool IsDate(ReadOnlySpan<char> candidate) => Date().IsMatch(candidate);

    [GeneratedRegex(@"^(?:[0-9]{1,2}(?:\.[0-9]{1,2}\.|/[0-9]{1,2}/|-[0-9]{1,2}-| [0-9]{1,2} )(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Date();

    [GeneratedRegex(
        """
        (?<![\p{L}\p{N}])(?:
            (?:\+|00)[1-9](?:[ ./()-]{0,3}[0-9]){6,14}
          | \(?0[1-9][0-9]{0,4}\)?(?:[ ./-]{1,2}[0-9]{2,8}){1,4}
          | 0[1-9][0-9]{8,9}
          | (?:1[ .-])?(?:\([2-9][0-9]{2}\)[ ]?|[2-9][0-9]{2}[ .-])[0-9]{3}[ .-][0-9]{4}
          | (?i:tel|phone|telephone|mobile|cell|whatsapp|fax|sms|call|ring|text)(?i:\ (?:me|us|him|her|them|at|on|is|number|no)){0,3}[.:]?[ ]?
            [(]?[0-9](?:[ ./()-]{0,2}[0-9]){6,14}
        )(?![0-9])
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
