using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Fires when at least one pattern occurs; in time linear in the text's length.</summary>
internal sealed class PatternDetector(IReadOnlyList<Regex> patterns) : TextDetector
{
    /// <summary>How every pattern of a policy is matched: no case, no culture, no backtracking.</summary>
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private const int MostRemembered = 10_000;

    // Linear matching of a bounded text ends long before this, unless the process is starved.
    private static readonly TimeSpan _timeLimit = TimeSpan.FromSeconds(1);

    // Compiling is most of what loading policies costs, and a reload changes few patterns of many; policies share some, too. What no
    // policy in force uses any more goes with the next collection.
    private static readonly ConcurrentDictionary<string, WeakReference<Regex>> _compiled = new(StringComparer.Ordinal);

    /// <summary>Compiles one pattern, or gives it as it was compiled before.</summary>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    /// <exception cref="NotSupportedException">The pattern cannot be matched in linear time, or is too large for it.</exception>
    public static Regex Compile(string pattern)
    {
        if (_compiled.TryGetValue(pattern, out WeakReference<Regex>? known) && known.TryGetTarget(out Regex? regex))
        {
            return regex;
        }

        regex = new Regex(pattern, Options, _timeLimit);
        _compiled[pattern] = new WeakReference<Regex>(regex);
        if (_compiled.Count > MostRemembered)
        {
            _compiled.Clear();
        }

        return regex;
    }

    public override bool Fires(JudgedText text) => patterns.Any(text.Has);
}
