namespace Unlearning.Host.Jobs.Triggers;

/// <summary>When confirmed incidents start a run.</summary>
public sealed class TriggerOptions
{
    /// <summary>Whether the rules that policies carry start runs, too (<c>remediation.trigger</c>); true by default.</summary>
    public bool Policies { get; set; } = true;

    /// <summary>How many of all policies together must be confirmed within <see cref="Window"/>; 0 (the default) for no such rule.</summary>
    public int MinimumConfirmed { get; set; }

    /// <summary>Within what time.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The severity, 1 to 4, at which one confirmed incident is enough; 0 (the default) for no such rule.</summary>
    public int OrSeverity { get; set; }
}
