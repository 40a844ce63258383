using Unlearning.Host.Evaluation;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Gates;

/// <summary>The gates that policies carry: each a rule over the prompts of its policy's hazard, or over all where the metric's prompts have
/// no hazard.</summary>
internal static class PolicyGates
{
    /// <summary>A policy's gate as a rule.</summary>
    public static GateRule Rule(Policy policy, PolicyGate gate) => new()
    {
        Name = $"{policy.Name}: {gate.Metric} {gate.Key}",
        Metric = gate.Metric,
        Hazard = MetricCheck.Find(gate.Metric) is { HasHazards: true } ? HazardNames.Of(policy) : null,
        Kind = gate.Kind switch
        {
            PolicyGateKind.Max => GateKind.Maximum,
            PolicyGateKind.Min => GateKind.Minimum,
            PolicyGateKind.MaxIncrease => GateKind.MaximumIncrease,
            PolicyGateKind.MinDecrease => GateKind.MinimumDecrease,
            PolicyGateKind.MaxRelativeIncrease => GateKind.MaximumRelativeIncrease,
            _ => GateKind.MaximumRelativeDecrease,
        },
        Threshold = gate.Limit,
        Bound = gate.Conservative ? GateBound.Conservative : GateBound.Point,
        MinimumSample = gate.MinSample,
    };

    /// <summary>What is wrong with a policy's gate, wherever it is judged.</summary>
    /// <returns>The key that is wrong, what is wrong with it and the fix, neither with a full stop; null when nothing is.</returns>
    public static (string Key, string What, string Fix)? Fault(PolicyGate gate)
    {
        MetricDefinition? metric = MetricCheck.Find(gate.Metric);
        bool isShare = metric?.IsProportion == true && gate.Kind is not (PolicyGateKind.MaxRelativeIncrease or PolicyGateKind.MaxRelativeDecrease);
        return metric is null ? ("metric", $"'{gate.Metric}' is no metric", MetricCheck.Suggestion(gate.Metric))
            : isShare && Math.Abs(gate.Limit) > 1
                ? (gate.Key, FormattableString.Invariant($"{gate.Metric} is a share, from 0 to 1, and cannot be held to {gate.Limit}"), "Write 20 % as 0.2")
            : null;
    }

    /// <summary>Every reason why a set's gates cannot be judged by a run, with its place and the fix.</summary>
    public static IEnumerable<string> Faults(PolicySet policies, EvaluationOptions measured)
    {
        foreach (Policy policy in policies.Policies)
        {
            foreach (PolicyGate gate in policy.Gates)
            {
                string place = $"The policy '{policy.Name}', spec.gates, {gate.Metric} {gate.Key}";
                if (Fault(gate) is { } fault)
                {
                    string known = fault.Key == "metric" && fault.Fix.EndsWith('?') ? $" Known are: {string.Join(", ", MetricCheck.Known)}." : string.Empty;
                    yield return $"{place}: {fault.What}. {fault.Fix}{(fault.Fix.EndsWith('?') ? string.Empty : ".")}{known}";
                }
                else if (MetricCheck.HowToMeasure(MetricDefinition.Find(gate.Metric), measured) is { } fix)
                {
                    yield return $"{place}: the metric is not measured. {fix}";
                }
            }
        }
    }
}
