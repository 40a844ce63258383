using System.Text.RegularExpressions;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>Detectors that always fire, never fire, or list a thing twice.</summary>
internal static class DetectorWarnings
{
    // A pattern that finds something in all of these finds nothing in them: it fires on every text.
    private static readonly string[] Unlike = ["", "a", "0 ", "\n.", "Ж"];

    /// <summary>Looks at a detector and everything in it.</summary>
    public static IEnumerable<PolicyError> Of(DetectorSpec? detector, string at, SourceMap places)
    {
        if (detector is null)
            return [];
        return
        [
            .. Own(detector, at, places),
            .. Parts(detector.AllOf, $"{at}/all_of", places),
            .. Parts(detector.AnyOf, $"{at}/any_of", places),
            .. Parts(detector.NoneOf, $"{at}/none_of", places),
        ];
    }

    private static IEnumerable<PolicyError> Parts(IReadOnlyList<DetectorSpec>? parts, string at, SourceMap places) =>
        (parts ?? []).SelectMany((part, i) => Of(part, $"{at}/{i}", places));

    private static IEnumerable<PolicyError> Own(DetectorSpec detector, string at, SourceMap places)
    {
        IReadOnlyList<string> terms = detector.Terms ?? [], patterns = detector.Regex ?? [];
        foreach (int i in Repeated(terms, StringComparer.OrdinalIgnoreCase))
            yield return places.Error($"{at}/terms/{i}", $"The term '{terms[i]}' is listed twice", "Take one of them out");
        foreach (int i in Repeated(patterns, StringComparer.Ordinal))
            yield return places.Error($"{at}/regex/{i}", "This pattern is listed twice", "Take one of them out");
        for (int i = 0; i < patterns.Count; i++)
        {
            if (AlwaysFires(patterns[i]))
                yield return places.Error($"{at}/regex/{i}", "This pattern fires on every text: it also matches nothing at all", "Ask for at least one character");
            else if (SlowPattern.Is(patterns[i]))
                yield return places.Error($"{at}/regex/{i}", "This pattern is slow on long texts", "Lower its bounds, such as the second number in {0,900}, or split it");
        }

        if (detector.Compliance is { Threshold: 0 })
            yield return places.KeyError($"{at}/compliance", "A threshold of 0 fires on every text, refusals too", "Raise compliance.threshold");
        if (detector is { NoneOf: not null, AllOf: null, AnyOf: null, Terms: null, Regex: null, Compliance: null } && at == "/spec/detect/prompt")
            yield return places.Error(at, "This fires on every prompt that none_of does not exclude", "Say what to look for");
        if (NeverFires(detector))
            yield return places.KeyError($"{at}/none_of", "This never fires: none_of excludes everything that is looked for", "Narrow none_of");
    }

    private static IEnumerable<int> Repeated(IReadOnlyList<string> words, StringComparer comparer)
    {
        HashSet<string> seen = new(comparer);
        return [.. Enumerable.Range(0, words.Count).Where(i => !seen.Add(words[i]))];
    }

    // Backtracking says the same and is far cheaper to set up; on two characters it cannot run away, and if it does, nothing is said.
    private static bool AlwaysFires(string pattern)
    {
        try
        {
            Regex regex = new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
            return Array.TrueForAll(Unlike, regex.IsMatch);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    // One part of none_of that is nothing but terms (or patterns), and has all of those that the detector asks for.
    private static bool NeverFires(DetectorSpec detector) => (detector.NoneOf ?? []).Any(part =>
        part is { AllOf: null, AnyOf: null, NoneOf: null, Compliance: null }
        && ((part.Regex is null && Covers(part.Terms, detector.Terms, StringComparer.OrdinalIgnoreCase))
            || (part.Terms is null && Covers(part.Regex, detector.Regex, StringComparer.Ordinal))));

    private static bool Covers(IReadOnlyList<string>? excluded, IReadOnlyList<string>? wanted, StringComparer comparer) =>
        excluded is not null && wanted is not null && wanted.All(word => excluded.Contains(word, comparer));
}
