using Unlearning.Plugin.Policies;

namespace Unlearning.Plugin.Capture;

/// <summary>What a policy demands for one call, or for one choice of its answer.</summary>
/// <param name="Refuses">Whether the refusal text takes the answer's place; otherwise the answer is marked.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Severity">How grave the match is.</param>
/// <param name="RefusalText">The policy's refusal text.</param>
internal sealed record EnforcementRuling(bool Refuses, string Policy, int Severity, string RefusalText)
{
    public string Action => Refuses ? "refuse" : "warn";

    public static EnforcementRuling Of(Policy policy, PolicyMatch match) =>
        new(policy.Enforcement.Mode == EnforcementMode.Refuse, policy.Name, match.Severity, policy.RefusalText);

    /// <summary>Makes the ruling of a policy that could not judge and may not let pass what it has not judged.</summary>
    public static EnforcementRuling OfFailure(Policy policy) => new(true, policy.Name, policy.DefaultSeverity, policy.RefusalText);

    /// <summary>Gives the ruling that is followed when two policies demand something: a refusal first, then the graver.</summary>
    public static EnforcementRuling? Stricter(EnforcementRuling? one, EnforcementRuling? other) =>
        one is null ? other
        : other is null ? one
        : (other.Refuses, other.Severity).CompareTo((one.Refuses, one.Severity)) > 0 ? other : one;

    /// <summary>Leaves the marks.</summary>
    public void Mark(IDictionary<string, object?> properties)
    {
        properties[EnforcementKeys.Policy] = Policy;
        properties[EnforcementKeys.Severity] = Severity;
        properties[EnforcementKeys.Action] = Action;
    }
}
