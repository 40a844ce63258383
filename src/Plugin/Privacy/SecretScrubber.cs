using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy;

/// <summary>
/// Keys and tokens with the prefixes of well-known services, JSON web tokens, bearer tokens, private keys, credentials in addresses, and
/// what is assigned to a name that says it is secret.
/// </summary>
internal sealed class SecretScrubber() : PatternScrubber("[secret]", _pattern)
{
    private static readonly Regex _pattern = new(
        """
        -----BEGIN[ A-Z0-9]*PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
          (?:\s*[A-Za-z-]+:[^\n]*\n)*[A-Za-z0-9+/=\s\\]*(?:-----END[ A-Z0-9]*PRIVATE[ ]KEY(?:[ ]BLOCK)?-----)?
        | \b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}
        | \b(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|xapp-|hf_|npm_|pypi-|dop_v1_|shpat_|whsec_|lin_api_|hvs[.]|SG[.]|ya29[.])[A-Za-z0-9_.-]{16,}
        | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
        | \bAIza[A-Za-z0-9_-]{35}
        | \beyJ[A-Za-z0-9_-]{8,}[.][A-Za-z0-9_-]{8,}[.][A-Za-z0-9_-]*
        | \b[Bb]earer[ ][A-Za-z0-9._~+/-]{16,}=*
        | ://[^\s/:@\u0001]+:[^\s/@\u0001]+@
        | \b(?i:[a-z_-]*(?:api|access|auth|secret|private|account|client)[ _-]?(?:access[ _-]?)?(?:key|token|secret)|password|passwd|pwd|passphrase)["']?[ ]?[ ]?[:=][ ]?[ ]?["']?[^\s"'\[\],;\u0001]{6,}
        """,
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture);

    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        ReadOnlySpan<char> match = text.Slice(start, length);
        if (match.StartsWith("://", StringComparison.Ordinal))
            return (start + 3, length - 4);
        if (match.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase))
        {
            // A word as long as a token has no digit in it.
            return match.ContainsAnyInRange('0', '9') ? (start + 7, length - 7) : default;
        }

        int assigned = match.IndexOfAny(':', '=');
        if (assigned < 0 || match.StartsWith("-----", StringComparison.Ordinal))
            return (start, length);
        do
            assigned++;
        while (match[assigned] is ' ' or '"' or '\'');
        return (start + assigned, length - assigned);
    }
}
