using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy;

/// <summary>Internet addresses of both versions.</summary>
internal sealed partial class IpAddressScrubber() : PatternScrubber("[ip]", Candidate())
{
    /// <inheritdoc/>
    protected override (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length)
    {
        ReadOnlySpan<char> candidate = text.Slice(start, length);
        bool valid = candidate.Contains(':') ? IsVersion6(candidate) : !IsVersionNumber(text, start) && IPAddress.TryParse(candidate, out _);
        return valid ? (start, length) : default;
    }

    // Three colons, or a group that could begin an address before the gap: "12:30", "a::b" and "std::dead" are none.
    private static bool IsVersion6(ReadOnlySpan<char> candidate)
    {
        int gap = candidate.IndexOf("::");
        return (candidate.Count(':') >= 3 || (gap == 4 && candidate[..4].ContainsAnyInRange('0', '9')))
            && IPAddress.TryParse(candidate, out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static bool IsVersionNumber(ReadOnlySpan<char> text, int start)
    {
        ReadOnlySpan<char> before = text[..start].TrimEnd(" =:");
        return (before.Length == start && before.EndsWith("v", StringComparison.OrdinalIgnoreCase))
            || before.EndsWith("version", StringComparison.OrdinalIgnoreCase) || before.EndsWith("release", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(
        """
        (?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9]|\.[0-9])
        | (?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{2,39}(?:(?<=:)(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![0-9A-Za-z:]|\.[0-9])
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Candidate();
}
