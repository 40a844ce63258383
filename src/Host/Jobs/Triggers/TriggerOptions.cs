namespace Unlearning.Host.Jobs.Triggers;

/// <summary>When confirmed incidents start a run, whatever their policy.</summary>
public sealed class TriggerOptions
{
    /// <summary>How many must be confirmed within <see cref="Window"/>; 0 (the default) for no such rule.</summary>
    public int MinimumConfirmed { get; set; }

    /// <summary>Within what time.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The severity, 1 to 4, at which one confirmed incident is enough; 0 (the default) for no such rule.</summary>
    public int OrSeverity { get; set; }
}
