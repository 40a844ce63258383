namespace Unlearning.Host.Releases.Garbage;

/// <summary>How long releases are kept that nothing needs any more.</summary>
public sealed class ReleaseOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Releases";

    /// <summary>The <see cref="GarbageCron"/> that means: never by itself.</summary>
    public const string Off = "-";

    /// <summary>How many releases before the live one a rollback can go back through, at least 1. The default is 10.</summary>
    public int Keep { get; set; } = 10;

    /// <summary>No release younger than this is deleted. The default is 30 days.</summary>
    public TimeSpan MinimumAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>When they are deleted, as Quartz cron expression, in UTC; "-" for never by itself. The default is 4:10 every night.</summary>
    public string GarbageCron { get; set; } = "0 10 4 * * ?";
}
