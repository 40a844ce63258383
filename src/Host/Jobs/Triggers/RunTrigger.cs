using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Jobs.Triggers;

/// <summary>A rule by which confirmed incidents start a run.</summary>
/// <param name="Policy">Whose incidents count; null for those of all policies.</param>
/// <param name="MinimumConfirmed">How many must be confirmed; null for no such rule.</param>
/// <param name="Window">Within what time.</param>
/// <param name="OrSeverity">The severity at which one is enough, 0 to 4; null for no such rule.</param>
public sealed record RunTrigger(string? Policy, int? MinimumConfirmed, TimeSpan Window, int? OrSeverity)
{
    /// <summary>The rule of the configuration; null when it has none.</summary>
    public static RunTrigger? Of(TriggerOptions options) =>
        options is { MinimumConfirmed: 0, OrSeverity: 0 } ? null : new RunTrigger(
            null,
            options.MinimumConfirmed == 0 ? null : options.MinimumConfirmed,
            options.Window,
            options.OrSeverity == 0 ? null : options.OrSeverity);

    /// <summary>The rule of a policy; null when it has none.</summary>
    public static RunTrigger? Of(Policy policy) =>
        policy.Trigger is { } rule ? new RunTrigger(policy.Name, rule.MinConfirmed, rule.Window, rule.OrSeverity) : null;
}
