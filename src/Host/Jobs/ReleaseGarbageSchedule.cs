using Microsoft.Extensions.Options;
using Quartz;
using Unlearning.Host.Releases;

namespace Unlearning.Host.Jobs;

/// <summary>At start, puts the configured time of the nightly deletion in place of the stored one.</summary>
internal sealed class ReleaseGarbageSchedule(ISchedulerFactory schedulers, IOptions<ReleaseOptions> options, TimeProvider time) : IHostedService
{
    private static readonly TriggerKey _nightly = new("garbage", ReleaseGarbageJob.Key.Group);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        if (options.Value.GarbageCron == ReleaseOptions.Off)
        {
            await scheduler.UnscheduleJob(_nightly, cancellationToken).ConfigureAwait(false);
            return;
        }

        ITrigger nightly = TriggerBuilder.Create(time).WithIdentity(_nightly).ForJob(ReleaseGarbageJob.Key)
            .WithSchedule(CronScheduleBuilder.Create(options.Value.GarbageCron).InTimeZone(TimeZoneInfo.Utc)
                .WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing))
            .Build();
        await scheduler.ScheduleTrigger(nightly, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
