using System.IO.Enumeration;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies.Documents;

namespace Unlearning.Plugin.Policies;

/// <summary>Which interactions a policy is about.</summary>
internal sealed class PolicyScope(AppliesSpec spec)
{
    /// <summary>The tag of <see cref="CaptureContext"/> that names the part of an app a call is made by.</summary>
    public const string WorkloadTag = "workload";

    /// <summary>The tag that names the language a call is made in, such as <c>de-AT</c>.</summary>
    public const string LocaleTag = "locale";

    /// <summary>Whether the policy judges an interaction.</summary>
    /// <remarks>What is not known of a call counts for the policy: a missing tag must not switch safety off.</remarks>
    public bool Covers(Interaction interaction) =>
        Fits(spec.Workloads, interaction.Tags.GetValueOrDefault(WorkloadTag) ?? interaction.Function, IsWorkload)
        && Fits(spec.Locales, interaction.Tags.GetValueOrDefault(LocaleTag), IsLocale);

    private static bool Fits(IReadOnlyList<string> wanted, string? given, Func<string, string, bool> fits) =>
        wanted.Count == 0 || string.IsNullOrEmpty(given) || wanted.Any(one => fits(one, given));

    private static bool IsWorkload(string wanted, string given) => FileSystemName.MatchesSimpleExpression(wanted, given);

    // By RFC 4647's basic filtering: "de" covers "de-AT", and "de-AT" does not cover "de".
    private static bool IsLocale(string wanted, string given) =>
        wanted == "*"
        || given.Equals(wanted, StringComparison.OrdinalIgnoreCase)
        || (given.Length > wanted.Length && given[wanted.Length] == '-' && given.StartsWith(wanted, StringComparison.OrdinalIgnoreCase));
}
