using Quartz;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs;
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
    RunProgressFeed feed,
    ServingState serving,
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
        if (await FindRunAsync(context, cancellationToken).ConfigureAwait(false) is not { } run)
        {
            return;
        }

        // The engine loads with the live release; a run must not race it.
        await serving.WaitUntilSettledAsync(cancellationToken).ConfigureAwait(false);
        if (serving.Status == ServingStatus.Blocked)
        {
            LogBlocked(run.RunId);
            await runs.FailAsync(run.RunId, serving.Description, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        long began = time.GetTimestamp();
        LogStarted(run.RunId, run.State == RunState.Running);
        await runs.MarkRunningAsync(run.RunId, cancellationToken).ConfigureAwait(false);
        try
        {
            RunOutcome outcome;
            await using (ProgressRecorder recorder = new(run.RunId, feed, runs, context, logger))
            {
                outcome = await pipeline.ExecuteAsync(run.RunId, run.Reason, cancellationToken).ConfigureAwait(false);
            }

            await runs.CompleteAsync(run.RunId, outcome, CancellationToken.None).ConfigureAwait(false);
            metrics.RunEnded(outcome.Verdict ?? "none", time.GetElapsedTime(began));
            LogCompleted(run.RunId, outcome.Verdict, outcome.ReleaseId);
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
            await runs.FailAsync(run.RunId, failure.Message, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            feed.Complete(run.RunId);
        }
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

        return (await runs.StartAsync("the schedule", requestId: null, cancellationToken).ConfigureAwait(false)).Run;
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
