using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy;

/// <summary>International bank account numbers (ISO 13616), by the length their country gives them and their check digits.</summary>
internal sealed partial class IbanScrubber() : PatternScrubber("[iban]", Head())
{
    private static readonly FrozenDictionary<string, int> _lengths = Lengths(
        "NO15 BE16 DK18 FI18 FO18 GL18 NL18 FK18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 MN20 XK20 CH21 HR21 LI21 LV21 " +
        "BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 IQ23 OM23 SO23 TL23 AD24 CZ24 ES24 MD24 PK24 RO24 SA24 " +
        "SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26 BI27 DJ27 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 DO28 GT28 HN28 " +
        "HU28 LB28 NI28 PL28 SV28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 YE30 MT31 SC31 LC32 RU33");

    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        if (!_lengths.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text.Slice(start, 2), out int expected))
            return default;

        // The country and the check digits count last: letters from A = 10, the whole modulo 97 is 1.
        int end = start, count = 0, remainder = 0, tail = 0;
        for (; end < text.Length && count < expected; end++)
        {
            char character = text[end];
            if (character is ' ' or '-' && count > 0 && text[end - 1] is not (' ' or '-'))
                continue;
            if (!char.IsAsciiLetterOrDigit(character))
                return default;
            int value = char.IsAsciiDigit(character) ? character - '0' : char.ToUpperInvariant(character) - 'A' + 10;
            ref int sum = ref count < 4 ? ref tail : ref remainder;
            sum = ((sum * (value < 10 ? 10 : 100)) + value) % 970_000;
            if (count >= 4)
                remainder %= 97;
            count++;
        }

        bool ends = end == text.Length || !char.IsAsciiLetterOrDigit(text[end]);
        return count == expected && ends && ((remainder * 1_000_000L) + tail) % 97 == 1 ? (start, end - start) : default;
    }

    private static FrozenDictionary<string, int> Lengths(string table) => table.Split(' ').ToFrozenDictionary(
        entry => entry[..2], entry => int.Parse(entry.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?=[ -]?[A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Head();
}
