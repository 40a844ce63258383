using System.Text.Json.Nodes;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>Finds policies that look for the same thing twice.</summary>
internal static class TwinPolicies
{
    /// <summary>Warns of every policy whose hazard and words an earlier one has already.</summary>
    public static IEnumerable<PolicyError> Find(IReadOnlyList<PolicyFile> files)
    {
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        foreach (PolicyFile file in files)
        {
            PolicySpec spec = file.Loaded.Document!.Spec;
            string[] words = [.. Words(spec.Detect).Order(StringComparer.Ordinal)];
            string what = new JsonArray([.. ((string[])[spec.Taxonomy.Canonical, .. words]).Select(word => JsonValue.Create(word))]).ToJsonString();
            if (words.Length > 0 && !seen.TryAdd(what, file.Name))
            {
                yield return file.Loaded.Places.Error(
                    "/spec/detect",
                    $"This looks for the same hazard with the same terms and patterns as {seen[what]}",
                    "Take one of them out, or tell them apart");
            }
        }
    }

    private static IEnumerable<string> Words(DetectSpec detect) => [.. Words(detect.Prompt, "prompt"), .. Words(detect.Answer, "answer")];

    private static IEnumerable<string> Words(DetectorSpec? detector, string side) => detector is null
        ? []
        :
        [
            .. (detector.Terms ?? []).Select(term => $"{side} term {term.ToUpperInvariant()}"),
            .. (detector.Regex ?? []).Select(pattern => $"{side} regex {pattern}"),
            .. (detector.AllOf ?? []).SelectMany(part => Words(part, side)),
            .. (detector.AnyOf ?? []).SelectMany(part => Words(part, side)),
            .. (detector.NoneOf ?? []).SelectMany(part => Words(part, $"{side} not")),
        ];
}
