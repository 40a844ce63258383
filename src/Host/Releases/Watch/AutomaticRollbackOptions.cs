namespace Unlearning.Host.Releases.Watch;

/// <summary>
/// What a canary, or a live release within <see cref="Watch"/> after its promotion, is withdrawn for without anybody being asked. All
/// comparisons are with the release that serves or served beside or before it.
/// </summary>
public sealed class AutomaticRollbackOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:AutomaticRollback";

    /// <summary>Whether live releases are rolled back. A canary is always judged. On by default.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long after its promotion a release is watched. The default is one day.</summary>
    public TimeSpan Watch { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often it is looked at, at least a second. The default is 30 seconds.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>With fewer calls than this, of either release, nothing is concluded from them; at least 1. The default is 50.</summary>
    public int MinimumCalls { get; set; } = 50;

    /// <summary>
    /// By how much the share of calls that fail may be above the other release's: exceeded when even the low end of the difference's 99 % interval is.
    /// From 0 to 1; the default is 0.05.
    /// </summary>
    public double MaximumFailureIncrease { get; set; } = 0.05;

    /// <summary>The same of answers without content. From 0 to 1; the default is 0.1.</summary>
    public double MaximumEmptyIncrease { get; set; } = 0.1;

    /// <summary>
    /// How many times the other release's median the median time to the first token, and of a whole answer, may be; at least 1. The
    /// default is 2.
    /// </summary>
    public double MaximumLatencyRatio { get; set; } = 2;

    /// <summary>A longer median counts only if it is longer by this much, too. The default is a quarter of a second.</summary>
    public TimeSpan MinimumLatencyIncrease { get; set; } = TimeSpan.FromSeconds(0.25);

    /// <summary>
    /// The share of the incidents it was trained to forget that may come back, by its own answers; above 0 and at most 1. The default is
    /// one half: more than that, and what the gates measured does not hold for the prompts it was made for.
    /// </summary>
    public double MaximumRecurrenceShare { get; set; } = 0.5;

    /// <summary>Fewer recurred incidents than this never count; at least 1. The default is 20.</summary>
    public int MinimumRecurrences { get; set; } = 20;
}
