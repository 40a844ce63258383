using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Fires when at least one pattern occurs; in time linear in the text's length.</summary>
internal sealed class PatternDetector(IReadOnlyList<Regex> patterns) : TextDetector
{
    /// <summary>How every pattern of a policy is matched: no case, no culture, no backtracking.</summary>
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // Linear matching of a bounded text ends long before this, unless the process is starved.
    private static readonly TimeSpan _timeLimit = TimeSpan.FromSeconds(1);

    /// <summary>Compiles one pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    /// <exception cref="NotSupportedException">The pattern cannot be matched in linear time, or is too large for it.</exception>
    public static Regex Compile(string pattern) => new(pattern, Options, _timeLimit);

    public override bool Fires(JudgedText text) => patterns.Any(pattern => pattern.IsMatch(text.Normalized));
}
