using Microsoft.Extensions.DependencyInjection;
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
        await using (JobHost host = await JobHost.StartAsync(folder.Path, configure: JobHost.StopAtCheckpoints))
        {
            runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
            await host.Pipeline.Began.Task;
            RunStatus asked = await host.Control.PauseAsync(runId, _ada, "it is noon");
            Assert.Equal("pause", asked.Control);
            await host.InState(runId, RunState.Paused);
            Assert.Equal(runId, (await host.Runs.StartAsync(new StartRunRequest("another"))).RunId);
        }

        await using JobHost restarted = await JobHost.StartAsync(folder.Path);
        await restarted.Idle();
        RunStatus paused = (await restarted.Runs.GetAsync(runId))!;
        Assert.Equal("paused", paused.State);
        Assert.Contains("Resume it", paused.NextStep, StringComparison.Ordinal);
        Assert.Empty(restarted.Pipeline.Executed);

        await restarted.Control.ResumeAsync(runId, _ada, "it is night");
        await restarted.InState(runId, RunState.Completed);
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
        await host.InState(runId, RunState.Cancelled);
        await JobHost.Eventually(() => Task.FromResult(!folders.Exists(runId)));
        Assert.NotNull((await host.Store.FindAsync(runId))!.FinishedAt);

        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("pass", null, "Passed."));
        Assert.NotEqual(runId, (await host.Runs.StartAsync(new StartRunRequest("next"))).RunId);
    }

    [Fact]
    public async Task A_paused_run_and_one_that_waits_for_approval_can_be_cancelled()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: JobHost.StopAtCheckpoints);
        string paused = (await host.Runs.StartAsync(new StartRunRequest("first"))).RunId;
        await host.Pipeline.Began.Task;
        await host.Control.PauseAsync(paused, _ada, "pause");
        await host.InState(paused, RunState.Paused);
        Assert.Equal("cancelled", (await host.Control.CancelAsync(paused, _ada, "cancel")).State);

        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("pass", "0123456789abcdef", "It waits.") { State = RunState.AwaitingApproval });
        string waiting = (await host.Runs.StartAsync(new StartRunRequest("second"))).RunId;
        await host.InState(waiting, RunState.AwaitingApproval);
        await host.Control.CancelAsync(waiting, _ada, "cancel");
        await host.InState(waiting, RunState.Cancelled);
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
        await restarted.InState(runId, RunState.Completed);
        Assert.Equal([runId], restarted.Pipeline.Executed);
    }

    [Fact]
    public async Task A_newer_run_takes_the_place_of_one_that_waits_for_approval_only_when_it_is_told_to()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.Work = (_, _) =>
            Task.FromResult(new RunOutcome("pass", "0123456789abcdef", "It waits.") { State = RunState.AwaitingApproval }));
        string waiting = (await host.Runs.StartAsync(new StartRunRequest("first"))).RunId;
        await host.InState(waiting, RunState.AwaitingApproval);
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
        await host.InState(runId, RunState.Completed);
        await host.Idle();

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
        await host.InState(runId, RunState.Completed);
        Assert.Equal([runId, runId], host.Pipeline.Executed);
    }

    [Fact]
    public async Task A_run_that_waits_for_quiet_hours_waits_for_nobodys_approval_any_more()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.Silent = true);
        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("pass", "0123456789abcdef", "It waits.") { State = RunState.AwaitingApproval });
        string runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await host.InState(runId, RunState.AwaitingApproval);

        host.Pipeline.Work = (_, _) => Task.FromResult(
            new RunOutcome("pass", "0123456789abcdef", "It is quiet.") { State = RunState.Running, WaitUntil = DateTimeOffset.UtcNow.AddDays(1) });
        await host.Services.GetRequiredService<RunScheduler>().TriggerAsync(runId);
        await host.InState(runId, RunState.Running);
        RunStatus status = (await host.Runs.GetAsync(runId))!;
        Assert.Equal(("It is quiet.", null), (status.Explanation, status.NextStep));
        Assert.Equal(runId, (await host.Control.StartAsync(new StartRunRequest("newer"), _ada, supersede: true)).RunId);

        // Nothing of it executes, and yet it hears at once.
        await host.Control.PauseAsync(runId, _ada, "a second look");
        await host.InState(runId, RunState.Paused);
        await host.Control.ResumeAsync(runId, _ada, "seen");
        await JobHost.Eventually(() => Task.FromResult(host.Pipeline.Executed.Count == 3));
        await host.InState(runId, RunState.Running);
        await host.Control.CancelAsync(runId, _ada, "not at all");
        await host.InState(runId, RunState.Cancelled);
    }
}
