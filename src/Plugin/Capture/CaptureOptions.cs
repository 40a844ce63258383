namespace Unlearning.Plugin.Capture;

/// <summary>How captured interactions are judged and handed on.</summary>
public sealed class CaptureOptions
{
    /// <summary>The configuration section these options are read from.</summary>
    public const string SectionName = "Unlearning:Capture";

    /// <summary>Gets or sets how long the incident sink may take before the incident counts as lost.</summary>
    /// <value>10 seconds by default; more than zero, at most 5 minutes.</value>
    public TimeSpan SinkTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets a value indicating whether an answer returns only when its interaction is judged and its incident acknowledged.</summary>
    /// <value>
    /// False by default: the call costs its caller a copy of the messages, and judging goes on behind it. True where an answer must never be
    /// out before its incident is safe, even from a crash of this process.
    /// </value>
    public bool WaitForAcknowledgement { get; set; }

    /// <summary>Gets or sets how many interactions may wait to be judged, and as many incidents to be taken by the sink.</summary>
    /// <value>10,000 by default; 1 to 1,000,000. What comes when all places are taken is shed and counted.</value>
    public int QueueCapacity { get; set; } = 10_000;

    /// <summary>Gets or sets how many characters the waiting interactions may hold together, which bounds memory.</summary>
    /// <value>67,108,864 by default; at least 65,536. An interaction that alone is larger waits alone.</value>
    public long QueueCharacters { get; set; } = 64L * 1024 * 1024;

    /// <summary>Gets or sets how many incidents are given to the sink at once, so that it can commit them together.</summary>
    /// <value>256 by default; 1 to 4096.</value>
    public int ParallelReports { get; set; } = 256;

    /// <summary>Gets or sets how many interactions costly detectors (models, endpoints) judge at once.</summary>
    /// <value>4 by default; 1 to 256.</value>
    public int ParallelJudgements { get; set; } = 4;

    /// <summary>Gets or sets how many interactions may wait for costly detectors; beyond it the least severe go on without them.</summary>
    /// <value>1,000 by default; 1 to 1,000,000.</value>
    public int CostlyCapacity { get; set; } = 1_000;

    /// <summary>Gets or sets how long a stopping app waits for what is still to be judged and handed on.</summary>
    /// <value>10 seconds by default; zero to 5 minutes.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
