using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Runs;

/// <summary>The durable record of runs. At most one is active at a time.</summary>
public sealed class RunStore(IDbContextFactory<UnlearningDbContext> contexts, StoreWriter writer, TimeProvider time)
{
    /// <summary>
    /// Accepts a run, or finds the one that already answers: the run given to the request before, else the active one. Durable when it
    /// returns.
    /// </summary>
    /// <returns>The run, and whether this call created it.</returns>
    public Task<(RunRecord Run, bool Created)> StartAsync(RunStart start, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            async (db, ct) =>
            {
                if (start.RequestId is not null && await db.RunRequests.FindAsync([start.RequestId], ct).ConfigureAwait(false) is { } known)
                {
                    return (await db.Runs.AsNoTracking().SingleAsync(run => run.RunId == known.RunId, ct).ConfigureAwait(false), false);
                }

                DateTimeOffset now = time.GetUtcNow();
                RunRecord? run = await Active(db.Runs).FirstOrDefaultAsync(ct).ConfigureAwait(false);
                string? superseded = null;
                if (start.Supersede && run is { State: RunState.AwaitingApproval })
                {
                    run.State = RunState.Completed;
                    run.FinishedAt = now;
                    run.Explanation = "Superseded: a newer run was started before anybody had approved it.";
                    superseded = run.RunId;
                    run = null;
                }

                bool created = run is null;
                if (run is null)
                {
                    run = new RunRecord
                    {
                        RunId = start.RunId ?? NewRunId(),
                        Reason = start.Reason,
                        StartedAt = now,
                        Trigger = start.Trigger,
                        StartedBy = start.StartedBy,
                        RetryOf = start.RetryOf,
                        RetryFrom = start.RetryFrom,
                    };
                    db.Runs.Add(run);
                    AuditOutbox.Enlist(db, Started(run, superseded));
                }

                if (start.RequestId is not null)
                {
                    db.RunRequests.Add(new RunRequest { RequestId = start.RequestId, RunId = run.RunId });
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

    /// <summary>The run that is queued, running, paused or awaiting approval, or null. After a restart this is the interrupted one.</summary>
    public async Task<RunRecord?> FindActiveAsync(CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await Active(db.Runs.AsNoTracking()).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The runs whose release this is, the latest first.</summary>
    public async Task<IReadOnlyList<RunRecord>> OfReleaseAsync(string releaseId, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await db.Runs.AsNoTracking().Where(run => run.ReleaseId == releaseId)
            .OrderByDescending(run => run.StartedAt).ThenByDescending(run => run.RunId)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The latest run whose release this is.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public async Task<RunRecord> LatestOfReleaseAsync(string releaseId, CancellationToken cancellationToken = default) =>
        await OfReleaseAsync(releaseId, cancellationToken).ConfigureAwait(false) is [var latest, ..]
            ? latest
            : throw new ArgumentException(
                $"No run made or holds a release '{releaseId}'. List the runs that await approval for their releases.", nameof(releaseId));

    /// <summary>Who proposed a release: each name with a run that they started, of those that hold it, the given one, and all that these repeat.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ProposersAsync(
        string runId, string releaseId, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        HashSet<string> seen =
        [
            runId,
            .. await db.Runs.Where(run => run.ReleaseId == releaseId).Select(run => run.RunId).ToListAsync(cancellationToken).ConfigureAwait(false),
        ];
        Dictionary<string, string> proposers = new(StringComparer.Ordinal);
        for (string[] look = [.. seen]; look.Length > 0;)
        {
            var runs = await db.Runs.Where(run => look.Contains(run.RunId)).Select(run => new { run.RunId, run.StartedBy, run.RetryOf })
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            foreach (var run in runs)
                proposers.TryAdd(run.StartedBy, run.RunId);
            look = [.. runs.Select(run => run.RetryOf).OfType<string>().Where(seen.Add)];
        }

        return proposers;
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

    /// <summary>Records how far the run has got.</summary>
    public Task SaveProgressAsync(string runId, RunProgress progress, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            runId,
            run =>
            {
                run.Stage = progress.Stage;
                run.Progress = progress;

                // Its data was erased while it waited, so that it does its work again; it waits anew when it is done.
                if (run.State == RunState.AwaitingApproval && progress.Stage < RunStage.Approve)
                    run.State = RunState.Running;
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
        EndAsync(
            runId,
            run =>
            {
                run.State = RunState.Completed;
                run.Stage = RunStage.Finished;
                run.Verdict = outcome.Verdict ?? run.Verdict;
                run.ReleaseId = outcome.ReleaseId;
                run.Explanation = outcome.Explanation;
                return Event("run.complete", run, ("verdict", run.Verdict ?? "none"), ("release", run.ReleaseId ?? "none"));
            },
            cancellationToken);

    /// <summary>Records that the run's release waits for a person.</summary>
    public Task AwaitApprovalAsync(string runId, RunOutcome outcome, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            runId,
            run =>
            {
                if (run.State != RunState.AwaitingApproval)
                {
                    run.State = RunState.AwaitingApproval;
                    run.Stage = RunStage.Approve;
                    run.Progress = (run.Progress ?? new RunProgress()) with
                    {
                        Stage = RunStage.Approve,
                        StageBegan = time.GetUtcNow(),
                        Step = 0,
                        TotalSteps = 0,
                        Remaining = null,
                    };
                }

                run.Verdict = outcome.Verdict ?? run.Verdict;
                run.ReleaseId = outcome.ReleaseId;
                run.Explanation = outcome.Explanation;
            },
            cancellationToken);

    /// <summary>Records why a run that is under way does nothing now, and that nobody has to approve it any more.</summary>
    public Task ExplainAsync(string runId, RunOutcome outcome, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            runId,
            run =>
            {
                run.State = outcome.State;
                run.ReleaseId = outcome.ReleaseId;
                run.Explanation = outcome.Explanation;
            },
            cancellationToken);

    /// <summary>Ends the run with an error; the stage it stopped in stays on record.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="error">What stopped it; kept encrypted, as it may quote captured text.</param>
    /// <param name="shown">What everybody may read who may see the run; null where nothing can be said.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    public Task FailAsync(string runId, string error, RunFailure? shown = null, CancellationToken cancellationToken = default) =>
        EndAsync(
            runId,
            run =>
            {
                run.State = RunState.Failed;
                run.Error = error;
                run.Explanation = shown?.ToString();
                return Event("run.fail", run, ("stage", RunWord.Of(run.Stage)));
            },
            cancellationToken);

    private static (string Key, string Value)[] Details(params (string Key, string? Value)[] details) =>
        [.. details.Where(detail => detail.Value is not null).Select(detail => (detail.Key, detail.Value!))];

    private AuditEvent Started(RunRecord run, string? superseded) => AuditEvent.Create(
        time,
        new Actor(run.StartedBy, Permissions.None),
        run.RetryOf is null ? "run.start" : "run.retry",
        run.RunId,
        run.Reason,
        Details(
            ("trigger", run.Trigger),
            ("of", run.RetryOf),
            ("from", run.RetryOf is null ? null : RunWord.Of(run.RetryFrom)),
            ("superseded", superseded)));

    private AuditEvent Event(string action, RunRecord run, params (string Key, string Value)[] details) =>
        AuditEvent.Create(time, Actor.Service, action, run.RunId, null, details);

    private Task<RunRecord> EndAsync(string runId, Func<RunRecord, AuditEvent> end, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            (db, ct) => UpdateAsync(
                db,
                runId,
                run =>
                {
                    run.FinishedAt = time.GetUtcNow();
                    AuditOutbox.Enlist(db, end(run));
                },
                ct),
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

    /// <summary>A fresh id that sorts by time.</summary>
    public string NewRunId() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}");

    private static IQueryable<RunRecord> Active(IQueryable<RunRecord> runs) =>
        runs
            .Where(run => run.State == RunState.Queued || run.State == RunState.Running || run.State == RunState.Paused || run.State == RunState.AwaitingApproval)
            .OrderBy(run => run.StartedAt);
}
