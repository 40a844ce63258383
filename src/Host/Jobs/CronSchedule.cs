using Quartz;

namespace Unlearning.Host.Jobs;

/// <summary>At start, puts the configured times of a job of the service in place of the stored ones. A time that passed while it was down is skipped.</summary>
/// <param name="schedulers">Gives the scheduler that holds the job.</param>
/// <param name="time">The clock.</param>
/// <param name="job">The job; its triggers bear its name.</param>
/// <param name="cron">Gives the Quartz cron expression, read in UTC; null for never.</param>
/// <param name="atStart">Whether it runs once at every start, too.</param>
internal sealed class CronSchedule(ISchedulerFactory schedulers, TimeProvider time, JobKey job, Func<string?> cron, bool atStart) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        TriggerKey times = new(job.Name, job.Group);
        if (cron() is { } expression)
        {
            ITrigger trigger = TriggerBuilder.Create(time).WithIdentity(times).ForJob(job)
                .WithSchedule(CronScheduleBuilder.Create(expression).InTimeZone(TimeZoneInfo.Utc)
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing))
                .Build();
            await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await scheduler.UnscheduleJob(times, cancellationToken).ConfigureAwait(false);
        }

        if (atStart)
        {
            ITrigger now = TriggerBuilder.Create(time).WithIdentity($"{job.Name}-at-start", job.Group).ForJob(job).StartNow().Build();
            await scheduler.ScheduleTrigger(now, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
