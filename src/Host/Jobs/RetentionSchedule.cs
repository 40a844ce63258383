using Microsoft.Extensions.Options;
using Quartz;
using Unlearning.Host.Privacy;

namespace Unlearning.Host.Jobs;

/// <summary>At start, puts the configured time of the retention in place of the stored one, and has it run once.</summary>
internal sealed class RetentionSchedule(ISchedulerFactory schedulers, IOptions<PrivacyOptions> options, TimeProvider time) : IHostedService
{
    private static readonly TriggerKey _daily = new("retention", RetentionJob.Key.Group), _now = new("retention-at-start", RetentionJob.Key.Group);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        ITrigger daily = TriggerBuilder.Create(time).WithIdentity(_daily).ForJob(RetentionJob.Key)
            .WithSchedule(CronScheduleBuilder.Create(options.Value.RetentionCron).InTimeZone(TimeZoneInfo.Utc)
                .WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing))
            .Build();
        await scheduler.ScheduleTrigger(daily, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
        ITrigger now = TriggerBuilder.Create(time).WithIdentity(_now).ForJob(RetentionJob.Key).StartNow().Build();
        await scheduler.ScheduleTrigger(now, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
