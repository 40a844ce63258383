using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Gates;

/// <summary>Which prompts of the gate split a hazard's name stands for, given the policies in force.</summary>
/// <param name="policies">The policies, which know the names of their hazard in other taxonomies.</param>
internal sealed class HazardNames(PolicySet policies)
{
    private static readonly Lazy<string[]> _ofPrompts = new(() =>
    [
        .. BundledPrompts.Load(PromptSplit.Gate, PromptKind.Harmful)
            .Select(prompt => prompt.Hazard).OfType<string>().Select(HazardScope.Full).Distinct().Order(StringComparer.Ordinal),
    ]);

    /// <summary>A policy's hazard under all of its names.</summary>
    public static HazardScope Of(Policy policy) => new(policy.Hazard, policy.HazardAliases);

    /// <summary>
    /// Looks a name up: as the hazard of a policy, then as a hazard that prompts carry, which means those prompts alone, and then as another
    /// name of a policy's hazard.
    /// </summary>
    /// <param name="hazard">As taxonomy:name; <c>ncr</c> is <c>ailuminate:ncr</c>.</param>
    /// <param name="fault">What is wrong with the name, with the fix; null when it is found.</param>
    /// <returns>The hazard; null when the name is unknown or stands for several.</returns>
    public HazardScope? Find(string hazard, out string? fault)
    {
        string full = HazardScope.Full(hazard);
        fault = null;
        if (policies.Policies.FirstOrDefault(policy => Same(policy.Hazard, full)) is { } own)
        {
            return Of(own);
        }

        if (_ofPrompts.Value.Any(known => Same(known, full)))
        {
            return new HazardScope(full);
        }

        Policy[] known = [.. policies.Policies.Where(policy => policy.HazardAliases.Any(alias => Same(HazardScope.Full(alias), full)))];
        if (known.Length == 1)
        {
            return Of(known[0]);
        }

        fault = known.Length > 1
            ? $"stands for several hazards. Write one of: {string.Join(", ", known.Select(policy => policy.Hazard))}."
            : $"is no hazard of a policy in force or of a prompt. Known are: {string.Join(", ", policies.Policies.Select(policy => policy.Hazard).Union(_ofPrompts.Value).Order(StringComparer.Ordinal))}.";
        return null;
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
