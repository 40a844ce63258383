using Quartz;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Jobs;

/// <summary>Runs as kernel functions, commands and later the HTTP API see them.</summary>
public sealed class UnlearningRuns(
    RunStore runs,
    RunProgressFeed feed,
    ISchedulerFactory schedulers,
    Promoter promoter) : IUnlearningRuns
{
    /// <inheritdoc/>
    public async Task<RunStatus> StartAsync(StartRunRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Reason);

        // The record comes first: a crash before the trigger leaves a queued run, which the next start picks up.
        (RunRecord run, bool created) = await runs.StartAsync(request.Reason, request.RequestId, cancellationToken).ConfigureAwait(false);
        if (created)
        {
            await TriggerAsync(run.RunId).ConfigureAwait(false);
        }

        return Status(run);
    }

    /// <inheritdoc/>
    public async Task<RunStatus?> GetAsync(string runId, CancellationToken cancellationToken = default) =>
        await runs.FindAsync(runId, cancellationToken).ConfigureAwait(false) is { } run ? Status(run) : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunStatus>> ListAsync(int limit, CancellationToken cancellationToken = default) =>
        [.. (await runs.ListAsync(limit, cancellationToken).ConfigureAwait(false)).Select(Status)];

    /// <inheritdoc/>
    public async Task<GateExplanation?> ExplainGateAsync(string runId, CancellationToken cancellationToken = default) =>
        await runs.FindAsync(runId, cancellationToken).ConfigureAwait(false) is { Gates: { } gates, Verdict: { } verdict } run
            ? new GateExplanation { RunId = runId, Verdict = verdict, DataErasedAt = run.DataErasedAt, Gates = gates }
            : null;

    /// <inheritdoc/>
    public async Task<RollbackResult> RollbackAsync(string reason, CancellationToken cancellationToken = default)
    {
        // A kernel function or a command of this process: whoever reaches either may do everything here.
        JournalEntry entry = await promoter.RollbackAsync(Actor.Local, reason, cancellationToken: cancellationToken).ConfigureAwait(false);
        return entry.Action == JournalAction.CanaryEnded
            ? new RollbackResult(entry.ReleaseId, entry.PreviousReleaseId, entry.Reason)
            : new RollbackResult(entry.PreviousReleaseId, entry.ReleaseId, entry.Reason);
    }

    private async Task TriggerAsync(string runId)
    {
        try
        {
            IScheduler scheduler = await schedulers.GetScheduler(CancellationToken.None).ConfigureAwait(false);
            await scheduler.TriggerJob(UnlearningJob.Key, new JobDataMap { [UnlearningJob.RunIdKey] = runId }, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Left queued it would block every later run.
            await runs.FailAsync(runId, $"The scheduler did not take the run: {failure.Message}", CancellationToken.None)
                .ConfigureAwait(false);
            throw;
        }
    }

    private RunStatus Status(RunRecord run)
    {
        RunProgress progress = (run.IsActive ? feed.Latest(run.RunId) : null) ?? run.Progress ?? new RunProgress();
        return new RunStatus
        {
            RunId = run.RunId,
            State = Lower(run.State),
            Stage = Lower(run.IsActive && progress.Stage > run.Stage ? progress.Stage : run.Stage),
            Step = progress.Step,
            TotalSteps = progress.TotalSteps,
            Losses = progress.Losses,
            Remaining = run.IsActive ? progress.Remaining : null,
            Verdict = run.Verdict,
            ReleaseId = run.ReleaseId,
            Error = run.Error,
            StartedAt = run.StartedAt,
            FinishedAt = run.FinishedAt,
            DataErasedAt = run.DataErasedAt,
            Reason = run.Reason,
        };
    }

#pragma warning disable CA1308 // Shown to people and models, who expect lower case; not compared.
    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
