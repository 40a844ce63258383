using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Unlearning.Host.Incidents;

/// <summary>
/// Replaces personal data and secrets in text by placeholders such as <c>[email]</c>, before the text is fingerprinted, stored or
/// learnt from. Scrubbing scrubbed text changes nothing. It errs towards removing: a placeholder costs little.
/// </summary>
public static partial class PersonalDataScrubber
{
    /// <summary>The text with e-mail addresses, secrets, IBANs, card numbers, IP addresses and phone numbers replaced.</summary>
    public static string Scrub(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        // The order matters: each kind is recognised before a looser one could take a part of it.
        text = Secret().Replace(text, "[secret]");
        text = Email().Replace(text, "[email]");
        text = Iban().Replace(text, match => ReplaceIban(match.Value));
        text = Card().Replace(text, match => IsCard(match.Value) ? "[card]" : match.Value);
        text = IpVersion4().Replace(text, match => IPAddress.TryParse(match.Value, out _) ? "[ip]" : match.Value);
        text = IpVersion6().Replace(text, match => IsIpVersion6(match.Value) ? "[ip]" : match.Value);
        return Phone().Replace(text, match => match.Value.Count(char.IsAsciiDigit) >= MinimumDigits(match.Value) ? "[phone]" : match.Value);
    }

    // Written in groups of four, an IBAN may have swallowed the words after it: the longest prefix that checks is the number.
    private static string ReplaceIban(string candidate)
    {
        for (int end = candidate.Length; end > 0; end = candidate.LastIndexOf(' ', end - 1))
        {
            if (IsIban(candidate[..end]))
            {
                return string.Concat("[iban]", candidate.AsSpan(end));
            }
        }

        return candidate;
    }

    // A national number shorter than nine digits looks like a date.
    private static int MinimumDigits(string candidate) => candidate[0] == '+' ? 7 : 9;

    // ISO 13616: move the first four characters to the end, letters count from A = 10, the number modulo 97 is 1.
    private static bool IsIban(string candidate)
    {
        string compact = candidate.Replace(" ", string.Empty, StringComparison.Ordinal);
        if (compact.Length is < 15 or > 34)
        {
            return false;
        }

        int remainder = 0;
        foreach (char character in string.Concat(compact.AsSpan(4), compact.AsSpan(0, 4)))
        {
            int value = char.IsAsciiDigit(character) ? character - '0' : char.ToUpperInvariant(character) - 'A' + 10;
            remainder = ((remainder * (value < 10 ? 10 : 100)) + value) % 97;
        }

        return remainder == 1;
    }

    // ISO/IEC 7812: 13 to 19 digits whose Luhn sum is a multiple of ten.
    private static bool IsCard(string candidate)
    {
        int sum = 0, digits = 0;
        for (int i = candidate.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(candidate[i]))
            {
                continue;
            }

            int value = candidate[i] - '0';
            if (++digits % 2 == 0)
            {
                value = value > 4 ? (value * 2) - 9 : value * 2;
            }

            sum += value;
        }

        return digits is >= 13 and <= 19 && sum > 0 && sum % 10 == 0;
    }

    // At least three colons: "12:30" and "a::b" in prose or code are no addresses worth hiding.
    private static bool IsIpVersion6(string candidate) =>
        candidate.AsSpan().Count(':') >= 3
        && IPAddress.TryParse(candidate, out IPAddress? address)
        && address.AddressFamily == AddressFamily.InterNetworkV6;

    // Known prefixes (OpenAI, Anthropic, GitHub, GitLab, Slack, AWS, Google, Hugging Face, Stripe), JSON web tokens, bearer tokens,
    // private keys, and values assigned to names that say they are secret.
    [GeneratedRegex(
        """
        -----BEGIN[ A-Z]{0,40}PRIVATE[ ]KEY-----[\s\S]{0,8192}?-----END[ A-Z]{0,40}PRIVATE[ ]KEY-----
        | \b(?:sk|pk|rk)[-_](?:[a-z0-9]{1,10}[-_]){0,3}[A-Za-z0-9_-]{16,256}
        | \b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|hf_)[A-Za-z0-9_-]{16,256}
        | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
        | \bAIza[A-Za-z0-9_-]{35}
        | \beyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,4096}
        | (?<=\b[Bb]earer[ ])[A-Za-z0-9._~+/-]{16,4096}=*
        | (?<=\b(?i:api[ _-]?key|access[ _-]?token|auth[ _-]?token|client[ _-]?secret|password|passwd)["']?[ ]{0,2}[:=][ ]{0,2}["']?)
          [^\s"'\[\],;]{6,256}
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Secret();

    [GeneratedRegex(
        @"[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Email();

    [GeneratedRegex(
        @"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ ]?[A-Za-z0-9]{4}){2,7}(?:[ ]?[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Iban();

    [GeneratedRegex(@"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Card();

    [GeneratedRegex(
        @"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9]|\.[0-9])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex IpVersion4();

    [GeneratedRegex(
        @"(?<![0-9A-Fa-f:.])[0-9A-Fa-f:]{3,39}(?:(?<=:)(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![0-9A-Fa-f:])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex IpVersion6();

    // International with + or 00; national with a leading zero; North American groups. Bare digit runs are left alone.
    [GeneratedRegex(
        """
        (?<![\p{L}\p{N}])(?:
            (?:\+|00)[1-9](?:[ ./()-]{0,3}[0-9]){6,14}
          | \(?0[1-9][0-9]{0,4}\)?(?:[ ./-]{1,2}[0-9]{2,8}){1,4}
          | 0[1-9][0-9]{8,9}
          | (?:1[ .-])?(?:\([2-9][0-9]{2}\)[ ]?|[2-9][0-9]{2}[ .-])[0-9]{3}[ .-][0-9]{4}
        )(?![0-9])
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Phone();
}
