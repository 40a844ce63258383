using Microsoft.EntityFrameworkCore;
using Quartz;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the clock is not behind what happened already, and when the next run is.</summary>
internal sealed class ClockCheck(Installation installation) : ICheck
{
    // What apps report is dated by their clocks.
    private static readonly TimeSpan _tolerance = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public string Name => "clock";

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = installation.Time.GetUtcNow();
        List<DateTimeOffset> past = [];
        if (installation.HasData && new LiveReleaseJournal(installation.Data).Read().Last is { } last)
            past.Add(last.At);
        if (File.Exists(installation.Store))
        {
            await using UnlearningDbContext db = installation.OpenStore();
            past.AddRange(await db.Incidents.OrderByDescending(incident => incident.LastSeen).Take(1).Select(incident => incident.LastSeen)
                .ToListAsync(cancellationToken).ConfigureAwait(false));
            past.AddRange(await db.Runs.OrderByDescending(run => run.StartedAt).Take(1).Select(run => run.StartedAt).ToListAsync(cancellationToken).ConfigureAwait(false));
        }

        if (past.Count > 0 && past.Max() > now + _tolerance)
        {
            return Finding.Problem(
                $"The clock says {now.UtcDateTime:yyyy-MM-dd HH:mm} UTC, but the data has an entry of {past.Max().UtcDateTime:yyyy-MM-dd HH:mm} UTC.",
                "Set the clock; where it is right, an app that reports has a wrong one.");
        }

        ScheduleOptions schedule = installation.Settings<ScheduleOptions>(ScheduleOptions.SectionName);
        string next = schedule.Cron == ScheduleOptions.Off ? "runs start by command only"
            : CronExpression.TryParse(schedule.Cron, out _) && TimeZoneInfo.TryFindSystemTimeZoneById(schedule.TimeZone, out TimeZoneInfo? zone)
                ? Next(schedule.Cron, zone, now)
            : "the schedule is not valid";
        return Finding.Ok($"{now.UtcDateTime:yyyy-MM-dd HH:mm} UTC; {next}.");
    }

    private static string Next(string cron, TimeZoneInfo zone, DateTimeOffset now)
    {
        ITrigger trigger = TriggerBuilder.Create().WithSchedule(CronScheduleBuilder.Create(cron).InTimeZone(zone)).Build();
        return $"the next run is at {trigger.GetFireTimeAfter(now)?.UtcDateTime:yyyy-MM-dd HH:mm} UTC";
    }
}
