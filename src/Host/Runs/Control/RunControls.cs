using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Runs.Control;

/// <summary>
/// Pause, resume and cancel in a run's record. Each is one transaction against the same row that a job begins from, so a job that begins
/// at the same moment either sees the wish or is told it.
/// </summary>
public sealed class RunControls(StoreWriter writer, TimeProvider time)
{
    /// <summary>Asks a run to stop at its next checkpoint; one that has not begun stops at once.</summary>
    /// <returns>The run as it now is.</returns>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    /// <exception cref="RunException">It is over, or waits for a person anyway.</exception>
    public Task<RunRecord> PauseAsync(string runId, Actor actor, string reason, CancellationToken cancellationToken = default) => ChangeAsync(
        "run.pause",
        runId,
        actor,
        reason,
        run =>
        {
            if (run.State == RunState.AwaitingApproval)
                throw new RunException($"Run {runId} waits for approval; there is nothing to pause", "Approve or reject its release, or cancel the run");
            if (run.Control == RunControl.Cancel)
                throw new RunException($"Run {runId} is being cancelled", "Start another run, or retry it when it has ended");
            run.Control = RunControl.Pause;
            if (run.State == RunState.Queued)
                run.State = RunState.Paused;
        },
        cancellationToken);

    /// <summary>Lets a paused run go on, or takes back a pause that has not come yet.</summary>
    /// <returns>The run as it now is.</returns>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    /// <exception cref="RunException">It is over, or is being cancelled.</exception>
    public Task<RunRecord> ResumeAsync(string runId, Actor actor, string reason, CancellationToken cancellationToken = default) => ChangeAsync(
        "run.resume",
        runId,
        actor,
        reason,
        run =>
        {
            if (run.Control == RunControl.Cancel)
                throw new RunException($"Run {runId} is being cancelled", "Start another run, or retry it when it has ended");
            run.Control = RunControl.None;
            if (run.State == RunState.Paused)
                run.State = run.Stage == RunStage.Queued ? RunState.Queued : RunState.Running;
        },
        cancellationToken);

    /// <summary>Ends a run without a result. One that may be executing is asked to; what it has made live meanwhile stays live.</summary>
    /// <returns>The run as it now is.</returns>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    /// <exception cref="RunException">It is over.</exception>
    public Task<RunRecord> CancelAsync(string runId, Actor actor, string reason, CancellationToken cancellationToken = default) => ChangeAsync(
        "run.cancel",
        runId,
        actor,
        reason,
        run =>
        {
            run.Control = RunControl.Cancel;
            if (run.State is RunState.Queued or RunState.Paused)
                Cancel(run);
        },
        cancellationToken);

    /// <summary>Called by the job before it executes a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="isLive">Whether a release of it was made live already: then it can only be brought to its end.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>The run as it now is: to be executed while it is running or awaiting approval, else to be left.</returns>
    public Task<RunRecord> BeginAsync(string runId, bool isLive, CancellationToken cancellationToken = default) => UpdateAsync(
        runId,
        run =>
        {
            if (!run.IsActive)
                return;
            if (isLive)
                (run.Control, run.State) = (RunControl.None, RunState.Running);
            else if (run.Control == RunControl.Cancel)
                Cancel(run);
            else if (run.Control == RunControl.Pause || run.State == RunState.Paused)
                run.State = RunState.Paused;
            else if (run.State != RunState.AwaitingApproval)
                run.State = RunState.Running;
        },
        cancellationToken);

    /// <summary>Records that the run stopped for a pause.</summary>
    public Task<RunRecord> PausedAsync(string runId, CancellationToken cancellationToken = default) => UpdateAsync(
        runId,
        run =>
        {
            if (run.IsActive)
                run.State = run.Control == RunControl.Pause ? RunState.Paused : RunState.Running;
        },
        cancellationToken);

    /// <summary>Records that the run stopped for a cancellation.</summary>
    public Task<RunRecord> CancelledAsync(string runId, CancellationToken cancellationToken = default) => UpdateAsync(
        runId,
        run =>
        {
            if (run.IsActive)
                Cancel(run);
        },
        cancellationToken);

    /// <summary>The point of no return: after it, neither a cancellation nor a newer run stops the promotion.</summary>
    /// <returns>Whether the run may promote.</returns>
    public Task<bool> TryPromoteAsync(string runId, CancellationToken cancellationToken = default) => writer.WriteAsync(
        async (db, ct) =>
        {
            RunRecord run = await FindAsync(db, runId, ct).ConfigureAwait(false);
            bool may = run.IsActive && run.Control != RunControl.Cancel;
            if (may)
            {
                run.State = RunState.Running;
                run.Stage = RunStage.Promote;
            }

            return may;
        },
        cancellationToken);

    private void Cancel(RunRecord run)
    {
        run.State = RunState.Cancelled;
        run.FinishedAt = time.GetUtcNow();
        run.Explanation = "Cancelled by an operator; nothing of it is live.";
    }

    private Task<RunRecord> ChangeAsync(
        string action, string runId, Actor actor, string reason, Action<RunRecord> change, CancellationToken cancellationToken) => writer.WriteAsync(
        async (db, ct) =>
        {
            RunRecord run = await FindAsync(db, runId, ct).ConfigureAwait(false);
            if (!run.IsActive)
                throw new RunException($"Run {runId} is over ({RunWord.Of(run.State)})", "Start another run, or retry this one from a stage");
            (RunState before, RunStage stage) = (run.State, run.Stage);
            change(run);
            AuditOutbox.Enlist(db, AuditEvent.Create(
                time, actor, action, runId, reason, ("before", RunWord.Of(before)), ("after", RunWord.Of(run.State)), ("stage", RunWord.Of(stage))));
            return run;
        },
        cancellationToken);

    private Task<RunRecord> UpdateAsync(string runId, Action<RunRecord> change, CancellationToken cancellationToken) => writer.WriteAsync(
        async (db, ct) =>
        {
            RunRecord run = await FindAsync(db, runId, ct).ConfigureAwait(false);
            change(run);
            return run;
        },
        cancellationToken);

    private static async Task<RunRecord> FindAsync(UnlearningDbContext db, string runId, CancellationToken cancellationToken) =>
        await db.Runs.SingleOrDefaultAsync(run => run.RunId == runId, cancellationToken).ConfigureAwait(false)
        ?? throw new ArgumentException($"There is no run '{runId}'. List the runs to find the right one.", nameof(runId));
}
