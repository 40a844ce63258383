namespace Unlearning.Plugin.Capture;

/// <summary>How captured interactions are handed on.</summary>
public sealed class CaptureOptions
{
    /// <summary>The configuration section these options are read from.</summary>
    public const string SectionName = "Unlearning:Capture";

    /// <summary>Gets or sets how long a caller's answer may wait for the incident sink before the incident counts as lost.</summary>
    /// <value>10 seconds by default; more than zero, at most 5 minutes.</value>
    public TimeSpan SinkTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
