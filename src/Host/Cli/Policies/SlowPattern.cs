using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Host.Cli.Policies;

/// <summary>
/// Finds patterns that are slow though they match in linear time: wide bounds, as in <c>.{0,900}</c>, are as many states to follow for
/// every character.
/// </summary>
internal static partial class SlowPattern
{
    // Patterns whose bounds add up to less are never slow, and are not worth the milliseconds it takes to try them.
    private const int LeastBounds = 100;

    private const int Tries = 3;

    /// <summary>A pattern is slow from here on: a quarter of what a judgement may take in all before it fails.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Tries a valid pattern on the longest text that is judged, made of the pattern's own words over and over.</summary>
    /// <returns>Whether even the fastest of some tries was slow, so that a busy machine alone makes no pattern slow.</returns>
    public static bool Is(string pattern)
    {
        if (Bound().Matches(pattern).Sum(bound => long.Parse(bound.Groups[1].Value, CultureInfo.InvariantCulture)) < LeastBounds)
            return false;
        TextPattern compiled = TextPattern.Compile(pattern);
        JudgedText text = new(Text(pattern));
        for (int i = 0; i < Tries; i++)
        {
            if (Time(compiled, text) is not { } time)
                return true;
            if (time < Limit)
                return false;
        }

        return true;
    }

    private static string Text(string pattern)
    {
        string[] words = [.. Word().Matches(Escape().Replace(pattern, " ")).Select(word => word.Value).Distinct(), "a"];
        string round = string.Join(' ', words) + " ";
        return string.Concat(Enumerable.Repeat(round, (JudgedText.MaxLength / round.Length) + 1))[..JudgedText.MaxLength];
    }

    // Null when a judgement would fail.
    private static TimeSpan? Time(TextPattern pattern, JudgedText text)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            // Counting reads to the end; the first match may stand at the beginning.
            pattern.Count(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }

        return Stopwatch.GetElapsedTime(began);
    }

    [GeneratedRegex(@"\{(?:\d{0,9},)?(\d{1,9})\}")]
    private static partial Regex Bound();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
