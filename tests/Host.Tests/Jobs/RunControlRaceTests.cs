using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Tests.Jobs;

/// <summary>What two do to a run at the same moment.</summary>
public sealed class RunControlRaceTests
{
    private static readonly Actor _ada = new("ada", Permissions.All);

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
        await host.InState(runId, RunState.Cancelled);
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
        await host.InState(cancelled, RunState.Cancelled);

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
        await host.InState(resumed, RunState.Completed);
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
        await host.InState(runId, RunState.Cancelled);
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
        await host.InState(runId, RunState.Completed);
        await host.Idle();
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
}
