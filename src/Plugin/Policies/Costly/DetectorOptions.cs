namespace Unlearning.Plugin.Policies.Costly;

/// <summary>How policies' costly detectors reach models and services.</summary>
public sealed class DetectorOptions
{
    /// <summary>The configuration section these options are read from.</summary>
    public const string SectionName = "Unlearning:Detectors";

    /// <summary>Gets or sets how long one question may take before its detector counts as failed.</summary>
    /// <value>30 seconds by default; more than zero, at most 10 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets where <c>moderation</c> detectors ask.</summary>
    public ModerationOptions Moderation { get; set; } = new();
}
