using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Progress;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Jobs;

/// <summary>Runs as kernel functions, commands and later the HTTP API see them.</summary>
public sealed class UnlearningRuns(
    RunStore runs,
    RunControls controls,
    RunSignals signals,
    RunFolders folders,
    RunRetries retries,
    RunProgressFeed feed,
    RunScheduler scheduler,
    RunStarter starter,
    Promoter promoter) : IUnlearningRuns
{
    /// <inheritdoc/>
    public Task<RunStatus> StartAsync(StartRunRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return StartAsync(
            new RunStart(request.Reason) { RequestId = request.RequestId, Trigger = RunTriggers.Function, StartedBy = Actor.Function.Name },
            cancellationToken);
    }

    /// <summary>Starts a run for a person.</summary>
    /// <param name="request">Why, and under which idempotency id.</param>
    /// <param name="actor">Who starts it; their approval of it never counts.</param>
    /// <param name="supersede">Whether a run that waits for approval makes way; it then ends without going live.</param>
    /// <param name="cancellationToken">Cancels the asking, not the run.</param>
    /// <returns>The run that started, or was active, or was started by an equal request.</returns>
    public Task<RunStatus> StartAsync(
        StartRunRequest request, Actor actor, bool supersede = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(actor);
        return StartAsync(
            new RunStart(request.Reason) { RequestId = request.RequestId, StartedBy = actor.Name, Supersede = supersede }, cancellationToken);
    }

    /// <summary>
    /// Stops a run at its next checkpoint, or before its next stage, until it is resumed, over restarts, too. No other run starts
    /// meanwhile: both would be trained from the same release, and only one of them could go live.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    /// <exception cref="RunException">It is over, or waits for approval.</exception>
    public async Task<RunStatus> PauseAsync(string runId, Actor actor, string reason, CancellationToken cancellationToken = default)
    {
        Check(actor, reason);
        RunRecord run = await controls.PauseAsync(runId, actor, reason, cancellationToken).ConfigureAwait(false);

        // One that only waits for the end of quiet hours executes nothing that could hear it.
        if (!signals.Tell(runId, RunControl.Pause) && run.State == RunState.Running)
            await scheduler.TriggerAsync(runId).ConfigureAwait(false);
        return Status(run);
    }

    /// <summary>Lets a paused run go on, or takes a pause back that has not come yet.</summary>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    /// <exception cref="RunException">It is over, or is being cancelled.</exception>
    public async Task<RunStatus> ResumeAsync(string runId, Actor actor, string reason, CancellationToken cancellationToken = default)
    {
        Check(actor, reason);
        RunRecord run = await controls.ResumeAsync(runId, actor, reason, cancellationToken).ConfigureAwait(false);

        // It may be stopping at this moment: the firing comes after it.
        signals.Tell(runId, RunControl.None);
        await scheduler.TriggerAsync(runId).ConfigureAwait(false);
        return Status(run);
    }

    /// <summary>
    /// Ends a run for good and deletes its work; the live release stays as it is. A run that trains stops within a training step, one
    /// that is just going live cannot be stopped any more.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    /// <exception cref="RunException">It is over.</exception>
    public async Task<RunStatus> CancelAsync(string runId, Actor actor, string reason, CancellationToken cancellationToken = default)
    {
        Check(actor, reason);
        RunRecord run = await controls.CancelAsync(runId, actor, reason, cancellationToken).ConfigureAwait(false);
        if (!run.IsActive)
        {
            folders.Delete(runId);
            return Status(run);
        }

        // It may be stopping at this moment, for another reason: the firing comes after it, and finds nothing to do where it heard.
        signals.Tell(runId, RunControl.Cancel);
        await scheduler.TriggerAsync(runId).ConfigureAwait(false);
        return Status(run);
    }

    /// <summary>
    /// Repeats a run that did not go live from one of its stages, as a run of its own; what its earlier stages left is taken over.
    /// </summary>
    /// <param name="runId">The run, which is over.</param>
    /// <param name="from">The first stage to do again: select to promote.</param>
    /// <param name="actor">Who wants it; their approval of it never counts.</param>
    /// <param name="reason">Why, for the record.</param>
    /// <param name="cancellationToken">Cancels the asking, not the run.</param>
    /// <returns>The new run.</returns>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    /// <exception cref="RunException">It cannot be repeated from there; the message says why and what can be done.</exception>
    public async Task<RunStatus> RetryAsync(
        string runId, RunStage from, Actor actor, string reason, CancellationToken cancellationToken = default)
    {
        Check(actor, reason);
        RunStart start = new(reason) { StartedBy = actor.Name, RunId = runs.NewRunId(), RetryOf = runId, RetryFrom = from };
        return Status(await folders.WithoutSweepAsync(
            async () =>
            {
                // The folder first: a run that is on record may be executed at any moment.
                await retries.PrepareAsync(runId, start.RunId, from, cancellationToken).ConfigureAwait(false);
                (RunRecord run, bool created) = await starter.StartAsync(start, cancellationToken).ConfigureAwait(false);
                if (created)
                    return run;
                folders.Delete(start.RunId);
                throw new RunException($"Run {run.RunId} is {RunWord.Of(run.State)}, and there is one run at a time", "Wait for its end or cancel it, then retry");
            },
            cancellationToken).ConfigureAwait(false));
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
        JournalEntry entry = await promoter.RollbackAsync(Actor.Function, reason, cancellationToken: cancellationToken).ConfigureAwait(false);
        return entry.Action == JournalAction.CanaryEnded
            ? new RollbackResult(entry.ReleaseId, entry.PreviousReleaseId, entry.Reason)
            : new RollbackResult(entry.PreviousReleaseId, entry.ReleaseId, entry.Reason);
    }

    private static void Check(Actor actor, string reason)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
    }

    private async Task<RunStatus> StartAsync(RunStart start, CancellationToken cancellationToken) =>
        Status((await starter.StartAsync(start, cancellationToken).ConfigureAwait(false)).Run);

    private RunStatus Status(RunRecord run)
    {
        RunProgress progress = (run.IsActive ? feed.Latest(run.RunId) : null) ?? run.Progress ?? new RunProgress();
        return new RunStatus
        {
            RunId = run.RunId,
            State = RunWord.Of(run.State),
            Stage = RunWord.Of(run.IsActive && progress.Stage > run.Stage ? progress.Stage : run.Stage),
            Step = progress.Step,
            TotalSteps = progress.TotalSteps,
            Losses = Finite(progress.Losses),
            Angles = Finite(progress.Angles),
            Remaining = run.IsActive ? progress.Remaining : null,
            Verdict = run.Verdict,
            ReleaseId = run.ReleaseId,
            Error = run.State == RunState.Failed ? RunFailure.Of(run).Cause : null,
            StartedAt = run.StartedAt,
            FinishedAt = run.FinishedAt,
            DataErasedAt = run.DataErasedAt,
            Reason = run.Reason,
            Trigger = run.Trigger,
            StartedBy = run.StartedBy,
            Control = run.Control == RunControl.None || !run.IsActive ? null : RunWord.Of(run.Control),
            RetryOf = run.RetryOf,
            Explanation = run.State == RunState.Failed ? null : run.Explanation,
            NextStep = RunAdvice.Of(run),
        };
    }

    // JSON has no word for the others, and a status must always arrive.
    private static Dictionary<string, double> Finite(IReadOnlyDictionary<string, double> numbers) =>
        numbers.Where(number => double.IsFinite(number.Value)).ToDictionary(StringComparer.Ordinal);
}
