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
        Hazard = MetricDefinition.Find(gate.Metric) is { HasHazards: true } ? HazardNames.Of(policy) : null,
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

    /// <summary>What is wrong with a policy's gate, wherever it is judged; null when nothing is.</summary>
    public static GateFault? Fault(PolicyGate gate)
    {
        if (MetricDefinition.Find(gate.Metric) is not { } metric)
            return GateFault.NoMetric(gate.Metric);
        bool isRelative = gate.Kind is PolicyGateKind.MaxRelativeIncrease or PolicyGateKind.MaxRelativeDecrease;
        return metric.IsProportion && !isRelative && Math.Abs(gate.Limit) > 1
            ? new GateFault(
                gate.Key,
                FormattableString.Invariant($"{gate.Metric} is a share, from 0 to 1, and cannot be held to {gate.Limit}"),
                "Write 20 % as 0.2")
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
                    yield return $"{place}: {fault.What}. {fault.Advice}";
                else if (MetricDefinition.Find(gate.Metric) is { } metric && MetricCheck.HowToMeasure(metric, measured) is { } fix)
                    yield return $"{place}: the metric is not measured. {fix}";
            }
        }
    }
}
