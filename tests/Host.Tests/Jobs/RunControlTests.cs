using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Runs;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Tests.Jobs;

public sealed class RunControlTests
{
    private static readonly Actor _ada = new("ada", Permissions.All);

    [Fact]
    public async Task A_paused_run_stops_at_its_next_checkpoint_stays_so_over_a_restart_and_goes_on_when_resumed()
    {
        using TemporaryFolder folder = new();
        string runId;
        await using (JobHost host = await JobHost.StartAsync(folder.Path, configure: StopAtCheckpoints))
        {
            runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
            await host.Pipeline.Began.Task;
            RunStatus asked = await host.Control.PauseAsync(runId, _ada, "it is noon");
            Assert.Equal("pause", asked.Control);
            await InState(host, runId, RunState.Paused);
            Assert.Equal(runId, (await host.Runs.StartAsync(new StartRunRequest("another"))).RunId);
        }

        await using JobHost restarted = await JobHost.StartAsync(folder.Path);
        await Idle(restarted);
        RunStatus paused = (await restarted.Runs.GetAsync(runId))!;
        Assert.Equal("paused", paused.State);
        Assert.Contains("Resume it", paused.NextStep, StringComparison.Ordinal);
        Assert.Empty(restarted.Pipeline.Executed);

        await restarted.Control.ResumeAsync(runId, _ada, "it is night");
        await InState(restarted, runId, RunState.Completed);
        Assert.Equal([runId], restarted.Pipeline.Executed);
    }

    [Fact]
    public async Task A_running_run_that_is_cancelled_ends_at_once_and_leaves_no_folder()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.RunForever());
        string runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await host.Pipeline.Began.Task;
        RunFolders folders = host.Services.GetRequiredService<RunFolders>();
        folders.Open(runId);
        await host.Control.CancelAsync(runId, _ada, "not tonight");
        await InState(host, runId, RunState.Cancelled);
        await JobHost.Eventually(() => Task.FromResult(!folders.Exists(runId)));
        Assert.NotNull((await host.Store.FindAsync(runId))!.FinishedAt);

        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("pass", null, "Passed."));
        Assert.NotEqual(runId, (await host.Runs.StartAsync(new StartRunRequest("next"))).RunId);
    }

    [Fact]
    public async Task A_paused_run_and_one_that_waits_for_approval_can_be_cancelled()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: StopAtCheckpoints);
        string paused = (await host.Runs.StartAsync(new StartRunRequest("first"))).RunId;
        await host.Pipeline.Began.Task;
        await host.Control.PauseAsync(paused, _ada, "pause");
        await InState(host, paused, RunState.Paused);
        Assert.Equal("cancelled", (await host.Control.CancelAsync(paused, _ada, "cancel")).State);

        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("pass", "0123456789abcdef", "It waits.") { State = RunState.AwaitingApproval });
        string waiting = (await host.Runs.StartAsync(new StartRunRequest("second"))).RunId;
        await InState(host, waiting, RunState.AwaitingApproval);
        await host.Control.CancelAsync(waiting, _ada, "cancel");
        await InState(host, waiting, RunState.Cancelled);
        RunException over = await Assert.ThrowsAsync<RunException>(() => host.Control.CancelAsync(waiting, _ada, "again"));
        Assert.Contains($"Run {waiting} is over (cancelled).", over.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Control.CancelAsync("no such run", _ada, "cancel"));
    }

    [Fact]
    public async Task A_run_whose_release_is_live_is_brought_to_its_end_though_it_was_to_be_cancelled()
    {
        using TemporaryFolder folder = new();
        string runId;
        await using (TemporaryStore store = await TemporaryStore.CreateAsync())
        {
            runId = (await store.Runs.StartAsync("reason", null)).Run.RunId;
            RunControls controls = new(store.Services.GetRequiredService<StoreWriter>(), store.Clock);
            await controls.BeginAsync(runId, isLive: false);
            await controls.CancelAsync(runId, _ada, "cancel");
            ResumeTests.Snapshot(store.Path, folder.Path);
        }

        DataFolder data = new(folder.Path);
        new LiveReleaseJournal(data).Append(_ => new JournalEntry
        {
            Sequence = 1,
            At = DateTimeOffset.UnixEpoch,
            Action = JournalAction.Promoted,
            ReleaseId = Release.BaseId,
            ContentHash = null,
            PreviousReleaseId = Release.BaseId,
            Reason = "reason",
            RunId = runId,
        });
        await using JobHost restarted = await JobHost.StartAsync(folder.Path);
        await InState(restarted, runId, RunState.Completed);
        Assert.Equal([runId], restarted.Pipeline.Executed);
    }

    [Fact]
    public async Task A_newer_run_takes_the_place_of_one_that_waits_for_approval_only_when_it_is_told_to()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.Work = (_, _) =>
            Task.FromResult(new RunOutcome("pass", "0123456789abcdef", "It waits.") { State = RunState.AwaitingApproval }));
        string waiting = (await host.Runs.StartAsync(new StartRunRequest("first"))).RunId;
        await InState(host, waiting, RunState.AwaitingApproval);
        Assert.Equal("awaiting_approval", (await host.Runs.GetAsync(waiting))!.State);
        Assert.Equal(waiting, (await host.Control.StartAsync(new StartRunRequest("second"), _ada)).RunId);

        RunStatus newer = await host.Control.StartAsync(new StartRunRequest("second"), _ada, supersede: true);
        Assert.NotEqual(waiting, newer.RunId);
        Assert.Equal(("command", "ada"), (newer.Trigger, newer.StartedBy));
        RunStatus old = (await host.Runs.GetAsync(waiting))!;
        Assert.Equal("completed", old.State);
        Assert.StartsWith("Superseded", old.Explanation, StringComparison.Ordinal);
        Assert.False(await host.Services.GetRequiredService<RunControls>().TryPromoteAsync(waiting));
    }

    [Fact]
    public async Task A_retry_that_cannot_be_says_why_and_what_else_to_do()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        await host.Services.GetRequiredService<ServingState>().WaitUntilSettledAsync(CancellationToken.None);
        string runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await InState(host, runId, RunState.Completed);
        await Idle(host);

        await Says("is gone", RunStage.Gate);
        RunFolders folders = host.Services.GetRequiredService<RunFolders>();
        folders.Open(runId);
        await Says("was erased", RunStage.Gate);
        RunSetsFile.Write(folders.Open(runId).Path, new RunSets([], [], [], [], [], [], "fedcba9876543210"), host.Services.GetRequiredService<Host.Privacy.TextProtector>());
        await Says("has not finished stage select, which comes before gate", RunStage.Gate);
        folders.Open(runId).Write(RunFolder.Selection, new Host.Runs.Stages.Selection("other", "", ""));
        await Says("of the base model with SHA-256 other", RunStage.Unlearn);
        folders.Open(runId).Write(RunFolder.Selection, new Host.Runs.Stages.Selection("base-hash", "", ""));
        await Says("started from release fedcba9876543210, and base is live now", RunStage.Unlearn);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Control.RetryAsync("no such run", RunStage.Gate, _ada, "again"));

        RunStatus retried = await host.Control.RetryAsync(runId, RunStage.Select, _ada, "again");
        Assert.Equal((runId, "ada"), (retried.RetryOf, retried.StartedBy));

        async Task Says(string what, RunStage from)
        {
            RunException error = await Assert.ThrowsAsync<RunException>(() => host.Control.RetryAsync(runId, from, _ada, "again"));
            Assert.Contains(what, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_that_waits_for_quiet_hours_goes_on_when_they_end()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        int executed = 0;
        host.Pipeline.Work = (_, _) => Task.FromResult(++executed == 1
            ? new RunOutcome("pass", "0123456789abcdef", "It waits.") { State = RunState.Running, WaitUntil = DateTimeOffset.UtcNow.AddMilliseconds(200) }
            : new RunOutcome("pass", "0123456789abcdef", "Passed."));
        string runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await InState(host, runId, RunState.Completed);
        Assert.Equal([runId, runId], host.Pipeline.Executed);
    }

    [Fact]
    public async Task What_is_wanted_of_a_run_while_it_begins_is_heard()
    {
        using TemporaryFolder folder = new();
        WhenSaved hook = new();
        await using JobHost host = await JobHost.StartAsync(
            folder.Path, configure: host => host.Pipeline.RunForever(), services: hook.AddTo);

        // The record says that it runs, and whoever looks at it now tells it to end.
        hook.On<RunRecord>(run => run.State == RunState.Running, run =>
        {
            host.Services.GetRequiredService<RunSignals>().Tell(run.RunId, RunControl.Cancel);
            return Task.CompletedTask;
        });
        string runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await InState(host, runId, RunState.Cancelled);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_or_resumed_while_it_stops_for_a_pause_is_not_left_lying()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        host.Pipeline.Work = async (runId, stop) =>
        {
            await host.Control.PauseAsync(runId, _ada, "it is noon", stop);

            // The record alone: this call is between its commit and the telling when the run stops.
            await host.Services.GetRequiredService<RunControls>().CancelAsync(runId, _ada, "not at all", stop);
            throw new RunPausedException();
        };
        string cancelled = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await InState(host, cancelled, RunState.Cancelled);

        int executed = 0;
        host.Pipeline.Work = async (runId, stop) =>
        {
            if (++executed > 1)
                return new RunOutcome("pass", null, "Passed.");
            await host.Control.PauseAsync(runId, _ada, "it is noon", stop);
            await host.Services.GetRequiredService<RunControls>().ResumeAsync(runId, _ada, "it is night", stop);
            throw new RunPausedException();
        };
        string resumed = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await InState(host, resumed, RunState.Completed);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_when_its_work_is_over_for_now_is_not_left_lying()
    {
        using TemporaryFolder folder = new();
        WhenSaved hook = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, services: hook.AddTo);
        Task cancelling = Task.CompletedTask;
        hook.On<RunRecord>(run => run.State == RunState.AwaitingApproval, run =>
        {
            // Waits for this very commit, and finds the run still registered or not.
            cancelling = Task.Run(() => host.Control.CancelAsync(run.RunId, _ada, "not at all"));
            return Task.CompletedTask;
        });
        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("pass", "0123456789abcdef", "It waits.") { State = RunState.AwaitingApproval });
        string runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await InState(host, runId, RunState.Cancelled);
        await cancelling;
    }

    [Fact]
    public async Task What_a_retry_takes_over_is_not_swept_away_before_the_retry_is_on_record()
    {
        using TemporaryFolder folder = new();
        WhenSaved hook = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, services: hook.AddTo);
        await host.Services.GetRequiredService<ServingState>().WaitUntilSettledAsync(CancellationToken.None);
        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("fail", null, "Not promoted.") { KeepsWork = true });
        string runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await InState(host, runId, RunState.Completed);
        await Idle(host);
        RunFolders folders = host.Services.GetRequiredService<RunFolders>();
        RunSetsFile.Write(folders.Open(runId).Path, new RunSets([], [], [], [], [], [], Release.BaseId), host.Services.GetRequiredService<Host.Privacy.TextProtector>());
        folders.Open(runId).Write(RunFolder.Selection, new Host.Runs.Stages.Selection("base-hash", "", ""));

        // Another run ends at this moment and sweeps; a sweep that does not wait is over long before.
        Task sweep = Task.CompletedTask;
        hook.On<RunRecord>(run => run.RetryOf == runId && run.State == RunState.Queued, _ =>
        {
            sweep = Task.Run(() => folders.SweepAsync(host.Store, CancellationToken.None));
            return Task.WhenAny(sweep, Task.Delay(TimeSpan.FromSeconds(1)));
        });
        host.Pipeline.RunForever();
        RunStatus retried = await host.Control.RetryAsync(runId, RunStage.Unlearn, _ada, "again");
        await sweep;
        Assert.Empty(folders.Open(retried.RunId).MissingBefore(RunStage.Unlearn));
    }

    [Fact]
    public async Task A_run_that_waits_for_quiet_hours_waits_for_nobodys_approval_any_more()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.Silent = true);
        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("pass", "0123456789abcdef", "It waits.") { State = RunState.AwaitingApproval });
        string runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await InState(host, runId, RunState.AwaitingApproval);

        host.Pipeline.Work = (_, _) => Task.FromResult(
            new RunOutcome("pass", "0123456789abcdef", "It is quiet.") { State = RunState.Running, WaitUntil = DateTimeOffset.UtcNow.AddDays(1) });
        await host.Services.GetRequiredService<RunScheduler>().TriggerAsync(runId);
        await InState(host, runId, RunState.Running);
        RunStatus status = (await host.Runs.GetAsync(runId))!;
        Assert.Equal(("It is quiet.", null), (status.Explanation, status.NextStep));
        Assert.Equal(runId, (await host.Control.StartAsync(new StartRunRequest("newer"), _ada, supersede: true)).RunId);

        await host.Control.CancelAsync(runId, _ada, "not at all");
        await InState(host, runId, RunState.Cancelled);
    }

    [Fact]
    public async Task The_end_a_cancellation_and_a_retry_are_in_the_audit_with_who_and_why()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("fail", "0123456789abcdef", "Over-refusal rose."));
        string ended = (await host.Control.StartAsync(new StartRunRequest("because"), _ada)).RunId;
        await InState(host, ended, RunState.Completed);
        host.Pipeline.RunForever();
        string again = (await host.Control.RetryAsync(ended, RunStage.Select, new Actor("ben", Permissions.All), "once more")).RunId;
        await InState(host, again, RunState.Running);
        await host.Control.CancelAsync(again, _ada, "not tonight");
        await InState(host, again, RunState.Cancelled);

        AuditLog audit = host.Services.GetRequiredService<AuditLog>();
        await JobHost.Eventually(() => Task.FromResult(audit.Read(10, _ => true).Count(Of) == 4));
        AuditEvent[] events = [.. audit.Read(10, _ => true).Where(Of).Reverse().Select(entry => entry.Event)];
        Assert.Equal(
            [("run.start", ended, "ada", "because"), ("run.complete", ended, "service", null), ("run.retry", again, "ben", "once more"), ("run.cancel", again, "ada", "not tonight")],
            events.Select(one => (one.Action, one.Subject, one.Actor, one.Reason)));
        Assert.Equal(("fail", "0123456789abcdef"), (events[1].Details["verdict"], events[1].Details["release"]));
        Assert.Equal((ended, "select"), (events[2].Details["of"], events[2].Details["from"]));
        Assert.Equal("running", events[3].Details["before"]);

        static bool Of(AuditEntry entry) => entry.Event.Action.StartsWith("run.", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_done_to_a_run_and_what_becomes_of_it_is_in_the_audit_with_who_and_why()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: StopAtCheckpoints);
        string runId = (await host.Control.StartAsync(new StartRunRequest("because"), _ada)).RunId;
        await host.Pipeline.Began.Task;
        await host.Control.PauseAsync(runId, new Actor("ben", Permissions.All), "it is noon");
        await InState(host, runId, RunState.Paused);
        host.Pipeline.Work = (_, _) => throw new InvalidOperationException("what was said");
        await host.Control.ResumeAsync(runId, _ada, "it is night");
        await InState(host, runId, RunState.Failed);

        AuditLog audit = host.Services.GetRequiredService<AuditLog>();
        await JobHost.Eventually(() => Task.FromResult(audit.Read(10, entry => entry.Event.Subject == runId).Count == 4));
        Assert.Equal(
            [("run.start", "ada", "because"), ("run.pause", "ben", "it is noon"), ("run.resume", "ada", "it is night"), ("run.fail", "service", null)],
            audit.Read(10, entry => entry.Event.Subject == runId).Reverse().Select(entry => (entry.Event.Action, entry.Event.Actor, entry.Event.Reason)));
        Assert.DoesNotContain("what was said", await File.ReadAllTextAsync(audit.Path), StringComparison.Ordinal);
    }

    private static void StopAtCheckpoints(JobHost host) => host.Pipeline.Work = async (runId, stop) =>
    {
        while (true)
        {
            host.Services.GetRequiredService<RunSignals>().StopHere(runId);
            await Task.Delay(10, stop);
        }
    };

    private static Task InState(JobHost host, string runId, RunState state) =>
        JobHost.Eventually(async () => (await host.Store.FindAsync(runId))!.State == state);

    private static async Task Idle(JobHost host)
    {
        Quartz.IScheduler scheduler = await host.SchedulerAsync();
        await JobHost.Eventually(async () =>
            (await scheduler.QueryTriggers(new Quartz.TriggerQuery())).Items.All(trigger => trigger.JobKey != UnlearningJob.Key)
            && (await scheduler.QueryFireInstances(new Quartz.FireInstanceQuery())).Items.Count == 0);
    }
}
