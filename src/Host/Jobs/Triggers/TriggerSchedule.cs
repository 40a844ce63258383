using Quartz;
using Unlearning.Host.Incidents;

namespace Unlearning.Host.Jobs.Triggers;

/// <summary>Has the rules looked at every minute, and soon after a reviewer confirmed something.</summary>
internal sealed class TriggerSchedule(ISchedulerFactory schedulers, Confirmations confirmations, TimeProvider time) : IHostedService
{
    private static readonly TriggerKey _each = new("triggers-each-minute", TriggerJob.Key.Group), _now = new("triggers-now", TriggerJob.Key.Group);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        ITrigger each = TriggerBuilder.Create(time).WithIdentity(_each).ForJob(TriggerJob.Key)
            .WithSchedule(CronScheduleBuilder.Create("0 * * * * ?").InTimeZone(TimeZoneInfo.Utc)
                .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
            .Build();
        await scheduler.ScheduleTrigger(each, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
        confirmations.Confirmed += OnConfirmed;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        confirmations.Confirmed -= OnConfirmed;
        return Task.CompletedTask;
    }

    private void OnConfirmed() => _ = LookAsync();

    private async Task LookAsync()
    {
        try
        {
            IScheduler scheduler = await schedulers.GetScheduler(CancellationToken.None).ConfigureAwait(false);
            ITrigger now = TriggerBuilder.Create(time).WithIdentity(_now).ForJob(TriggerJob.Key).StartNow().Build();
            await scheduler.ScheduleTrigger(now, TriggerConflict.Replace, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The look of the next minute finds what this one was for.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
