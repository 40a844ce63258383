using Unlearning.Host.Jobs.Triggers;

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

    /// <summary>The time zone <see cref="Cron"/>, <see cref="QuietHours"/> and <see cref="QuietDates"/> are read in, as an IANA or Windows id.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Times in which no run begins by itself, and none that did goes live; none by default.</summary>
    public IList<QuietHours> QuietHours { get; } = [];

    /// <summary>Whole days that are quiet, such as holidays, as "2026-12-25".</summary>
    public IList<string> QuietDates { get; } = [];

    /// <summary>What starts a run beside the cron, over the incidents of all policies; off by default.</summary>
    public TriggerOptions Trigger { get; } = new();
}
