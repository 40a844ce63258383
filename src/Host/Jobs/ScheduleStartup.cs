using Microsoft.Extensions.Options;
using Quartz;
using Unlearning.Host.Runs;

namespace Unlearning.Host.Jobs;

/// <summary>
/// At start, before the scheduler fires anything: puts the configured cron in place of the stored one, and queues the run that was under
/// way, or accepted and not yet begun, when the last process ended.
/// </summary>
internal sealed partial class ScheduleStartup(
    ISchedulerFactory schedulers,
    RunStore runs,
    RunFolders folders,
    IOptions<ScheduleOptions> options,
    TimeProvider time,
    ILogger<ScheduleStartup> logger) : IHostedService
{
    // A paused run, and one that waits for approval, are looked at, too: what was decided while nobody could be told is done now.
    internal static readonly TriggerKey CronTrigger = new("schedule", UnlearningJob.Group);
    private static readonly TriggerKey _resumeTrigger = new("resume", UnlearningJob.Group);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        await ApplyCronAsync(scheduler, cancellationToken).ConfigureAwait(false);
        await folders.SweepAsync(runs, cancellationToken).ConfigureAwait(false);
        if (await runs.FindActiveAsync(cancellationToken).ConfigureAwait(false) is { } interrupted)
        {
            LogResuming(interrupted.RunId, RunWord.Of(interrupted.Stage));
            ITrigger trigger = TriggerBuilder.Create(time)
                .WithIdentity(_resumeTrigger).ForJob(UnlearningJob.Key)
                .UsingJobData(UnlearningJob.RunIdKey, interrupted.RunId)
                .StartNow().Build();
            await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ApplyCronAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        if (options.Value.Cron == ScheduleOptions.Off)
        {
            await scheduler.UnscheduleJob(CronTrigger, cancellationToken).ConfigureAwait(false);
            LogOff();
            return;
        }

        ITrigger trigger = TriggerBuilder.Create(time)
            .WithIdentity(CronTrigger).ForJob(UnlearningJob.Key)
            .WithOverlapPolicy(OverlapPolicy.Skip)
            .WithSchedule(CronScheduleBuilder.Create(options.Value.Cron)
                .InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone))
                .WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing))
            .Build();
        ScheduleTriggerResult scheduled = await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken)
            .ConfigureAwait(false);
        LogScheduled(options.Value.Cron, options.Value.TimeZone, scheduled.NextFireTimeUtc);
    }

    [LoggerMessage(
        EventId = 4006,
        EventName = "RunsScheduled",
        Level = LogLevel.Information,
        Message = "Runs start on '{Cron}' ({TimeZone}), next at {Next:O}.")]
    private partial void LogScheduled(string cron, string timeZone, DateTimeOffset next);

    [LoggerMessage(
        EventId = 4007,
        EventName = "ScheduleOff",
        Level = LogLevel.Information,
        Message = "No schedule is configured: runs start by command only.")]
    private partial void LogOff();

    [LoggerMessage(
        EventId = 4008,
        EventName = "RunResuming",
        Level = LogLevel.Warning,
        Message = "Run {RunId} was not over ({Stage}); it is resumed.")]
    private partial void LogResuming(string runId, string stage);
}
