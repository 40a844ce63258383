using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Identity;
using Unlearning.Host.Jobs;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Tests.Runs;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Tests.Jobs;

public sealed class ResumeTests
{
    [Fact]
    public async Task A_run_killed_midway_is_resumed_once_under_the_same_id()
    {
        using TemporaryFolder folder = new();
        using TemporaryFolder copy = new();
        await using JobHost killed = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.RunForever());
        RunStatus run = await killed.Runs.StartAsync(new StartRunRequest("reason"));
        await killed.Pipeline.Began.Task;
        await JobHost.Eventually(async () => (await killed.Store.FindAsync(run.RunId))!.Stage == RunStage.Unlearn);
        Snapshot(folder.Path, copy.Path);

        await using JobHost restarted = await JobHost.StartAsync(copy.Path);
        await JobHost.Eventually(async () => (await restarted.Store.FindAsync(run.RunId))!.FinishedAt is not null);
        await restarted.Idle();
        Assert.Equal([run.RunId], restarted.Pipeline.Executed);
        Assert.Equal(["reason"], restarted.Pipeline.Reasons);
    }

    [Fact]
    public async Task A_scheduled_run_killed_midway_is_resumed_and_starts_no_second_one()
    {
        using TemporaryFolder folder = new();
        using TemporaryFolder copy = new();
        await using JobHost killed = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.RunForever());
        await (await killed.SchedulerAsync()).TriggerJob(UnlearningJob.Key);
        await killed.Pipeline.Began.Task;
        Snapshot(folder.Path, copy.Path);

        await using JobHost restarted = await JobHost.StartAsync(copy.Path);
        string runId = Assert.Single(killed.Pipeline.Executed);
        await JobHost.Eventually(async () => (await restarted.Store.FindAsync(runId))!.FinishedAt is not null);
        await restarted.Idle();
        Assert.Equal([runId], restarted.Pipeline.Executed);
        Assert.Single(await restarted.Store.ListAsync(10));
    }

    [Fact]
    public async Task A_run_accepted_but_not_yet_scheduled_when_the_process_died_is_executed()
    {
        using TemporaryFolder folder = new();
        string runId;
        await using (TemporaryStore store = await TemporaryStore.CreateAsync())
        {
            runId = (await store.Runs.StartAsync("reason", null)).Run.RunId;
            Snapshot(store.Path, folder.Path);
        }

        await using JobHost restarted = await JobHost.StartAsync(folder.Path);
        await JobHost.Eventually(async () => (await restarted.Store.FindAsync(runId))!.FinishedAt is not null);
        Assert.Equal([runId], restarted.Pipeline.Executed);
    }

    [Fact]
    public async Task A_service_that_stops_asks_the_run_to_stop_and_resumes_it_at_the_next_start()
    {
        using TemporaryFolder folder = new();
        string runId;
        await using (JobHost host = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.RunForever()))
        {
            runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
            await host.Pipeline.Began.Task;
            await host.StopAsync();
            Assert.Equal(RunState.Running, (await host.Store.FindAsync(runId))!.State);
        }

        await using JobHost restarted = await JobHost.StartAsync(folder.Path);
        await JobHost.Eventually(async () => (await restarted.Store.FindAsync(runId))!.State == RunState.Completed);
        await restarted.Idle();
        Assert.Equal([runId], restarted.Pipeline.Executed);
    }

    [Theory]
    [InlineData(false, RunState.Paused)]
    [InlineData(true, RunState.Cancelled)]
    public async Task What_was_wanted_of_a_run_that_was_killed_before_it_heard_is_done_at_the_next_start(bool cancel, RunState expected)
    {
        using TemporaryFolder folder = new();
        using TemporaryFolder copy = new();
        await using JobHost killed = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.RunForever());
        string runId = (await killed.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
        await killed.Pipeline.Began.Task;
        await killed.InState(runId, RunState.Running);

        // The record alone: the process dies between the commit and the telling.
        RunControls controls = killed.Services.GetRequiredService<RunControls>();
        await (cancel ? controls.CancelAsync(runId, Actor.Local, "not tonight") : controls.PauseAsync(runId, Actor.Local, "it is noon"));
        Snapshot(folder.Path, copy.Path);
        Directory.CreateDirectory(Path.Combine(copy.Path, "runs", runId));

        for (int i = 0; i < 2; i++)
        {
            await using JobHost restarted = await JobHost.StartAsync(copy.Path);
            await restarted.InState(runId, expected);
            await restarted.Idle();
            Assert.Empty(restarted.Pipeline.Executed);
            Assert.Equal(!cancel, restarted.Services.GetRequiredService<RunFolders>().Exists(runId));
        }
    }

    // What a kill leaves once SQLite has recovered: the committed state of each database at this instant, with nothing closed.
    internal static void Snapshot(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*.db"))
        {
            using SqliteConnection connection = new($"Data Source={file}");
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $copy";
            command.Parameters.AddWithValue("$copy", Path.Combine(to, Path.GetFileName(file)));
            command.ExecuteNonQuery();
        }
    }
}
