using Quartz;
using Unlearning.Host.Approvals;
using Unlearning.Host.Runs;

namespace Unlearning.Host.Jobs.Triggers;

/// <summary>
/// Every minute, and after confirmations: starts the run that a rule asks for, unless one is active or it is quiet, and wakes a run that
/// waits for approval no longer, because its time is over or its gates have changed.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class TriggerJob(
    TriggerRules rules, RunStore runs, RunStarter starter, RunScheduler scheduler, ApprovalStore approvals, QuietTime quiet, TimeProvider time, ILogger<TriggerJob> logger) : IJob
{
    internal static readonly JobKey Key = new("triggers", UnlearningJob.Group);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // The next firing looks again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure.GetType().Name);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await runs.FindActiveAsync(cancellationToken).ConfigureAwait(false) is { } active)
        {
            if (active.State == RunState.AwaitingApproval && !await approvals.WaitsAsync(active, cancellationToken).ConfigureAwait(false))
                await scheduler.TriggerAsync(active.RunId).ConfigureAwait(false);
            return;
        }

        if (quiet.IsQuiet(time.GetUtcNow()) || await rules.FindAsync(cancellationToken).ConfigureAwait(false) is not { } start)
            return;
        (RunRecord run, bool created) = await starter.StartAsync(start, cancellationToken).ConfigureAwait(false);
        if (created)
            LogStarted(run.RunId, start.Trigger);
    }

    [LoggerMessage(EventId = 4020, EventName = "RunTriggered", Level = LogLevel.Information, Message = "Run {RunId} is started by rule ({Trigger}).")]
    private partial void LogStarted(string runId, string trigger);

    [LoggerMessage(
        EventId = 4021,
        EventName = "TriggersFailed",
        Level = LogLevel.Error,
        Message = "Whether a run is due could not be found out ({ExceptionType}); it is tried again within a minute.")]
    private partial void LogFailed(string exceptionType);
}
