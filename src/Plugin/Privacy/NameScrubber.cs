using System.Text.RegularExpressions;
using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Plugin.Privacy;

/// <summary>Names that the policies list, as whole words, whatever the case.</summary>
internal sealed class NameScrubber(IEnumerable<string> names) : PatternScrubber("[name]", new Regex(Pattern(names), Linear))
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // Names are folded as the text is, so that a full-width or non-breaking spelling in the policy is none of its own.
    private static string Pattern(IEnumerable<string> names) => TermPattern.Of(
        names.Select(name => new FoldedText(name).Span.ToString())

            // Longer ones first: a full name is one placeholder, not a first name's and what is left.
            .Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(name => name.Length).ThenBy(name => name, StringComparer.Ordinal));
}
