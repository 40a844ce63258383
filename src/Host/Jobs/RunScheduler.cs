using Quartz;

namespace Unlearning.Host.Jobs;

/// <summary>Has runs executed: at once, or at a time.</summary>
public sealed class RunScheduler(ISchedulerFactory schedulers, TimeProvider time)
{
    /// <summary>Has the run executed as soon as no other is.</summary>
    public async Task TriggerAsync(string runId)
    {
        IScheduler scheduler = await schedulers.GetScheduler(CancellationToken.None).ConfigureAwait(false);
        await scheduler.TriggerJob(UnlearningJob.Key, new JobDataMap { [UnlearningJob.RunIdKey] = runId }, CancellationToken.None)
            .ConfigureAwait(false);
    }

    /// <summary>Has a run go on at a time; asked again, at the new time alone.</summary>
    public Task TriggerAtAsync(string runId, DateTimeOffset at) =>
        ScheduleAsync(new TriggerKey($"wait-{runId}", UnlearningJob.Group), at, runId);

    /// <summary>Has a run of the schedule start at a time; asked again, at the new time alone.</summary>
    public Task StartAtAsync(DateTimeOffset at) => ScheduleAsync(new TriggerKey("after-quiet-hours", UnlearningJob.Group), at, null);

    private async Task ScheduleAsync(TriggerKey key, DateTimeOffset at, string? runId)
    {
        IScheduler scheduler = await schedulers.GetScheduler(CancellationToken.None).ConfigureAwait(false);
        JobDataMap datum = runId is null ? [] : new JobDataMap { [UnlearningJob.RunIdKey] = runId };
        ITrigger trigger = TriggerBuilder.Create(time).WithIdentity(key).ForJob(UnlearningJob.Key).UsingJobData(datum).StartAt(at).Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, CancellationToken.None).ConfigureAwait(false);
    }
}
