namespace Unlearning.Host.Jobs;

/// <summary>When runs start by themselves. What is configured here wins over what the scheduler's database remembers.</summary>
public sealed class ScheduleOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Schedule";

    /// <summary>The <see cref="Cron"/> that means no schedule: runs start by command only.</summary>
    public const string Off = "-";

    /// <summary>
    /// Quartz cron expression: second, minute, hour, day of month, month, day of week. "-" for no schedule. A time that passed while
    /// the service was down, or while a run was active, is skipped.
    /// </summary>
    public string Cron { get; set; } = "0 0 3 * * ?";

    /// <summary>The time zone <see cref="Cron"/> is read in, as an IANA or Windows id.</summary>
    public string TimeZone { get; set; } = "UTC";
}
