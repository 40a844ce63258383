using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Runs;

/// <summary>The durable record of runs. At most one is active at a time.</summary>
public sealed class RunStore(IDbContextFactory<UnlearningDbContext> contexts, StoreWriter writer, TimeProvider time)
{
    /// <summary>
    /// Accepts a run, or finds the one that already answers: the run given to <paramref name="requestId"/> before,
    /// else the active one. Durable when it returns.
    /// </summary>
    /// <returns>The run, and whether this call created it.</returns>
    public Task<(RunRecord Run, bool Created)> StartAsync(
        string reason, string? requestId, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            async (db, ct) =>
            {
                if (requestId is not null && await db.RunRequests.FindAsync([requestId], ct).ConfigureAwait(false) is { } known)
                {
                    return (await db.Runs.AsNoTracking().SingleAsync(run => run.RunId == known.RunId, ct).ConfigureAwait(false), false);
                }

                RunRecord? run = await Active(db).FirstOrDefaultAsync(ct).ConfigureAwait(false);
                bool created = run is null;
                if (run is null)
                {
                    DateTimeOffset now = time.GetUtcNow();
                    run = new RunRecord { RunId = NewRunId(now), Reason = reason, StartedAt = now };
                    db.Runs.Add(run);
                }

                if (requestId is not null)
                {
                    db.RunRequests.Add(new RunRequest { RequestId = requestId, RunId = run.RunId });
                }

                return (run, created);
            },
            cancellationToken);

    /// <summary>The run, or null when there is none of that id.</summary>
    public async Task<RunRecord?> FindAsync(string runId, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await db.Runs.AsNoTracking().SingleOrDefaultAsync(run => run.RunId == runId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The queued or running run, or null. After a restart this is the interrupted one.</summary>
    public async Task<RunRecord?> FindActiveAsync(CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await Active(db).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The latest runs, newest first.</summary>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await db.Runs.AsNoTracking()
            .OrderByDescending(run => run.StartedAt).ThenByDescending(run => run.RunId)
            .Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records that the job has begun, or resumed, the run.</summary>
    public Task MarkRunningAsync(string runId, CancellationToken cancellationToken = default) =>
        UpdateAsync(runId, run => run.State = RunState.Running, cancellationToken);

    /// <summary>Records how far the run has got.</summary>
    public Task SaveProgressAsync(string runId, RunProgress progress, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            runId,
            run =>
            {
                run.Stage = progress.Stage;
                run.Progress = progress;
            },
            cancellationToken);

    /// <summary>Records the manifest that reproduces the run (JSON), and the incidents it is trained on.</summary>
    public Task SaveManifestAsync(
        string runId, string manifest, IReadOnlyCollection<Guid> incidents, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            async (db, ct) =>
            {
                RunRecord run = await UpdateAsync(db, runId, record => record.Manifest = manifest, ct).ConfigureAwait(false);
                await db.RunIncidents.Where(row => row.RunId == runId).ExecuteDeleteAsync(ct).ConfigureAwait(false);
                db.RunIncidents.AddRange(incidents.Distinct().Select(incident => new RunIncident { RunId = runId, IncidentId = incident }));
                return run;
            },
            cancellationToken);

    /// <summary>Records what the gates said, before anything is done about it.</summary>
    public Task SaveGatesAsync(
        string runId, string verdict, IReadOnlyList<GateLine> gates, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            runId,
            run =>
            {
                run.Verdict = verdict;
                run.Gates = gates;
            },
            cancellationToken);

    /// <summary>Ends the run with its outcome.</summary>
    public Task CompleteAsync(string runId, RunOutcome outcome, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            runId,
            run =>
            {
                run.State = RunState.Completed;
                run.Stage = RunStage.Finished;
                run.FinishedAt = time.GetUtcNow();
                run.Verdict = outcome.Verdict ?? run.Verdict;
                run.ReleaseId = outcome.ReleaseId;
                run.Explanation = outcome.Explanation;
            },
            cancellationToken);

    /// <summary>Ends the run with an error; the stage it stopped in stays on record.</summary>
    public Task FailAsync(string runId, string error, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            runId,
            run =>
            {
                run.State = RunState.Failed;
                run.FinishedAt = time.GetUtcNow();
                run.Error = error;
            },
            cancellationToken);

    private Task<RunRecord> UpdateAsync(string runId, Action<RunRecord> change, CancellationToken cancellationToken) =>
        writer.WriteAsync((db, ct) => UpdateAsync(db, runId, change, ct), cancellationToken);

    // A run that is over is history: late progress or a second ending changes nothing.
    private static async Task<RunRecord> UpdateAsync(UnlearningDbContext db, string runId, Action<RunRecord> change, CancellationToken cancellationToken)
    {
        RunRecord run = await db.Runs.SingleOrDefaultAsync(run => run.RunId == runId, cancellationToken).ConfigureAwait(false)
            ?? throw new ArgumentException($"There is no run '{runId}'.", nameof(runId));
        if (run.IsActive)
        {
            change(run);
        }

        return run;
    }

    private static IQueryable<RunRecord> Active(UnlearningDbContext db) =>
        db.Runs.AsNoTracking()
            .Where(run => run.State == RunState.Queued || run.State == RunState.Running || run.State == RunState.Paused || run.State == RunState.AwaitingApproval)
            .OrderBy(run => run.StartedAt);

    private static string NewRunId(DateTimeOffset now) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}");
}
