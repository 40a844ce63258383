using Quartz;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Runs.Stages;
using Unlearning.Host.Telemetry;

namespace Unlearning.Host.Jobs;

/// <summary>
/// The one scheduled job: executes a run and records how it went. Quartz says when; the run's record says whether there is still
/// something to do, so a firing that comes twice, or after a crash, does no run twice.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class UnlearningJob(
    IRunPipeline pipeline,
    RunStore runs,
    RunControls controls,
    RunSignals signals,
    RunFolders folders,
    RunScheduler scheduler,
    RunProgressFeed feed,
    LiveReleaseJournal journal,
    ServingState serving,
    QuietTime quiet,
    ServiceMetrics metrics,
    TimeProvider time,
    ILogger<UnlearningJob> logger) : IJob
{
    /// <summary>The group of the job and its triggers.</summary>
    internal const string Group = "unlearning";

    /// <summary>The job datum that names the run to execute; a firing without one is the schedule's.</summary>
    internal const string RunIdKey = "runId";

    internal static readonly JobKey Key = new("run", Group);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (await FindRunAsync(context, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return;
        }

        // The engine loads with the live release; a run must not race it.
        await serving.WaitUntilSettledAsync(cancellationToken).ConfigureAwait(false);

        // Before its record says that it runs: what an operator wanted earlier is in the record, and what they want from here on is told.
        using RunSignal signal = signals.Begin(found.RunId);
        RunRecord run = await controls.BeginAsync(
            found.RunId, PromoteStage.WasPromoted(journal.Read(), found.RunId), cancellationToken).ConfigureAwait(false);
        if (run.State == RunState.Cancelled)
        {
            folders.Delete(run.RunId);
            LogCancelled(run.RunId);
        }

        if (run.State is not (RunState.Running or RunState.AwaitingApproval))
        {
            return;
        }

        if (serving.Status == ServingStatus.Blocked)
        {
            // One that waits for a person can wait for this, too.
            if (run.State == RunState.Running)
            {
                LogBlocked(run.RunId);
                await runs.FailAsync(run.RunId, serving.Description, new RunFailure(serving.Description, null), CancellationToken.None).ConfigureAwait(false);
            }

            return;
        }

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, signal.Cancelled);
        LogStarted(run.RunId, found.State == RunState.Running);
        long began = time.GetTimestamp();
        try
        {
            RunOutcome outcome;
            await using (ProgressRecorder recorder = new(run.RunId, feed, runs, context, logger))
            {
                outcome = await pipeline.ExecuteAsync(run.RunId, run.Reason, stop.Token).ConfigureAwait(false);
            }

            await RecordAsync(run.RunId, outcome, began).ConfigureAwait(false);
        }
        catch (RunPausedException)
        {
            await EndPausedAsync(run.RunId).ConfigureAwait(false);
        }
        catch (Exception over) when (over is RunOverException || (over is OperationCanceledException && signal.IsCancelled))
        {
            await EndCancelledAsync(run.RunId).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The record stays "running": the next start resumes it under the same id.
            LogInterrupted(run.RunId);
            throw;
        }
#pragma warning disable CA1031 // Whatever stops a run, its record must say so; the scheduler has nothing to add.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            metrics.RunEnded("error", time.GetElapsedTime(began));
            LogFailed(run.RunId, failure.GetType().Name, failure.StackTrace);
            RunStage stage = feed.Latest(run.RunId)?.Stage ?? run.Stage;
            await runs.FailAsync(run.RunId, failure.Message, RunAdvice.Failure(failure, stage), CancellationToken.None).ConfigureAwait(false);
            await folders.SweepAsync(runs, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            feed.Complete(run.RunId);
        }
    }

    private async Task RecordAsync(string runId, RunOutcome outcome, long began)
    {
        if (outcome.State == RunState.AwaitingApproval)
        {
            await runs.AwaitApprovalAsync(runId, outcome, CancellationToken.None).ConfigureAwait(false);
            LogAwaiting(runId, outcome.ReleaseId);
            return;
        }

        if (outcome.WaitUntil is { } until)
        {
            await runs.ExplainAsync(runId, outcome, CancellationToken.None).ConfigureAwait(false);
            await scheduler.TriggerAtAsync(runId, until).ConfigureAwait(false);
            LogWaiting(runId, until);
            return;
        }

        // The record first: a run whose folder is gone would begin anew.
        await runs.CompleteAsync(runId, outcome, CancellationToken.None).ConfigureAwait(false);
        if (!outcome.KeepsWork)
        {
            folders.Delete(runId);
        }

        await folders.SweepAsync(runs, CancellationToken.None).ConfigureAwait(false);
        metrics.RunEnded(outcome.Verdict ?? "none", time.GetElapsedTime(began));
        LogCompleted(runId, outcome.Verdict, outcome.ReleaseId);
    }

    private async Task EndPausedAsync(string runId)
    {
        RunRecord run = await controls.PausedAsync(runId, CancellationToken.None).ConfigureAwait(false);
        if (run.State == RunState.Paused)
            LogPaused(runId);

        // Cancelled or resumed while it stopped: somebody has to see to it.
        else if (run.IsActive)
            await scheduler.TriggerAsync(runId).ConfigureAwait(false);
    }

    private async Task EndCancelledAsync(string runId)
    {
        if (PromoteStage.WasPromoted(journal.Read(), runId))
        {
            // It came too late; the run is brought to its end.
            await scheduler.TriggerAsync(runId).ConfigureAwait(false);
            return;
        }

        await controls.CancelledAsync(runId, CancellationToken.None).ConfigureAwait(false);
        folders.Delete(runId);
        LogCancelled(runId);
    }

    private async Task<RunRecord?> FindRunAsync(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (context.MergedJobDataMap.TryGetString(RunIdKey, out string? runId))
        {
            RunRecord? named = await runs.FindAsync(runId!, cancellationToken).ConfigureAwait(false);
            return named is { IsActive: true } ? named : null;
        }

        // The schedule's firing, repeated after a crash: whatever it started is the active run, if it is not over already.
        if (context.Recovering)
        {
            return await runs.FindActiveAsync(cancellationToken).ConfigureAwait(false);
        }

        if (quiet.EndOf(time.GetUtcNow()) is { } end)
        {
            await scheduler.StartAtAsync(end).ConfigureAwait(false);
            LogQuiet(end);
            return null;
        }

        RunStart start = new("the schedule") { Trigger = RunTriggers.Schedule, StartedBy = Actor.Service.Name };
        return (await runs.StartAsync(start, cancellationToken).ConfigureAwait(false)).Run;
    }

    [LoggerMessage(
        EventId = 4001,
        EventName = "RunStarted",
        Level = LogLevel.Information,
        Message = "Run {RunId} begins (resumed: {Resumed}).")]
    private partial void LogStarted(string runId, bool resumed);

    [LoggerMessage(
        EventId = 4002,
        EventName = "RunCompleted",
        Level = LogLevel.Information,
        Message = "Run {RunId} ended with verdict {Verdict}, release {ReleaseId}.")]
    private partial void LogCompleted(string runId, string? verdict, string? releaseId);

    [LoggerMessage(
        EventId = 4003,
        EventName = "RunInterrupted",
        Level = LogLevel.Warning,
        Message = "Run {RunId} was interrupted and is resumed at the next start.")]
    private partial void LogInterrupted(string runId);

    [LoggerMessage(EventId = 4015, EventName = "RunPaused", Level = LogLevel.Information, Message = "Run {RunId} is paused.")]
    private partial void LogPaused(string runId);

    [LoggerMessage(EventId = 4016, EventName = "RunCancelled", Level = LogLevel.Information, Message = "Run {RunId} is cancelled.")]
    private partial void LogCancelled(string runId);

    [LoggerMessage(
        EventId = 4017,
        EventName = "RunAwaitsApproval",
        Level = LogLevel.Information,
        Message = "Run {RunId} passed its gates; release {ReleaseId} waits for approval.")]
    private partial void LogAwaiting(string runId, string? releaseId);

    [LoggerMessage(
        EventId = 4018, EventName = "RunWaits", Level = LogLevel.Information, Message = "Run {RunId} goes on when the quiet hours end, at {Until:O}.")]
    private partial void LogWaiting(string runId, DateTimeOffset until);

    [LoggerMessage(
        EventId = 4019, EventName = "ScheduleQuiet", Level = LogLevel.Information, Message = "The scheduled run starts when the quiet hours end, at {Until:O}.")]
    private partial void LogQuiet(DateTimeOffset until);

    [LoggerMessage(
        EventId = 4004,
        EventName = "RunBlocked",
        Level = LogLevel.Error,
        Message = "Run {RunId} cannot begin: no release serves.")]
    private partial void LogBlocked(string runId);

    // The message is in the run's record; a failure deep in training may quote what it trained on, so it is in no log.
    [LoggerMessage(
        EventId = 4010,
        EventName = "RunFailed",
        Level = LogLevel.Error,
        Message = "Run {RunId} failed with {ExceptionType}; its record says more.\n{StackTrace}")]
    private partial void LogFailed(string runId, string exceptionType, string? stackTrace);
}
