using System.Text.RegularExpressions;

namespace Unlearning.Host.Incidents;

/// <summary>Names of detectors that are kept unencrypted, and so must be names.</summary>
internal static partial class DetectorNames
{
    /// <summary>
    /// The names of the form that policies give them, each once. Anything else, which only a reporter elsewhere could send, may be what people
    /// said, and is left out.
    /// </summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> detectors) => [.. detectors.Where(name => Form().IsMatch(name)).Distinct(StringComparer.Ordinal)];

    [GeneratedRegex("^(?:(?:prompt|tool|answer)/)?[a-z0-9]+(?:[-_][a-z0-9]+)*\\z")]
    private static partial Regex Form();
}
