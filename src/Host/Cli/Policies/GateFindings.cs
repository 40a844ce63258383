using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Gates;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>What the service, which measures, knows about a policy's gates and the policy's own loader does not.</summary>
internal static class GateFindings
{
    /// <summary>What no run could judge.</summary>
    public static IEnumerable<PolicyError> Errors(LoadedPolicy loaded)
    {
        IReadOnlyList<PolicyGate> gates = loaded.Policy?.Gates ?? [];
        for (int i = 0; i < gates.Count; i++)
        {
            if (PolicyGates.Fault(gates[i]) is { } fault)
                yield return loaded.Places.Error($"/spec/gates/{i}/{fault.Key}", fault.What, fault.Short);
        }
    }

    /// <summary>What would keep every candidate from being promoted.</summary>
    public static IEnumerable<PolicyError> Warnings(LoadedPolicy loaded)
    {
        Policy policy = loaded.Policy!;
        HazardScope hazard = HazardNames.Of(policy);
        for (int i = 0; i < policy.Gates.Count; i++)
        {
            PolicyGate gate = policy.Gates[i];
            if (MetricDefinition.Find(gate.Metric) is not { HasHazards: true })
                continue;
            int prompts = BundledPrompts.Load(PromptSplit.Gate, PromptKind.Harmful).Count(prompt => hazard.Covers(prompt.Hazard));
            if (prompts < gate.MinSample)
            {
                yield return loaded.Places.Error(
                    $"/spec/gates/{i}",
                    FormattableString.Invariant($"This gate is always inconclusive, and nothing would be promoted: it needs {gate.MinSample} prompts of {hazard.Name}, and the gate split has {prompts}"),
                    prompts == 0 ? "Take it out" : "Lower min_sample, or take the gate out");
            }
        }
    }
}
