using Microsoft.Extensions.DependencyInjection;
using Quartz;
using Unlearning.Host.Incidents;
using Unlearning.Host.Privacy;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Runs;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Privacy;
using Unlearning.Host.Tests.Releases;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Tests.Jobs;

public sealed class UnlearningRunsTests
{
    [Fact]
    public async Task A_started_run_is_executed_once_with_its_reason_and_its_outcome_is_kept()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        RunStatus started = await host.Runs.StartAsync(new StartRunRequest("25 new incidents"));
        Assert.Equal("queued", started.State);

        await Finished(host, started.RunId);
        RunStatus status = (await host.Runs.GetAsync(started.RunId))!;
        Assert.Equal(("completed", "finished", "pass", "0123456789abcdef"), (status.State, status.Stage, status.Verdict, status.ReleaseId));
        Assert.Equal((3, 40), (status.Step, status.TotalSteps));
        Assert.Equal(["forget"], status.Losses.Keys);
        Assert.NotNull(status.FinishedAt);
        Assert.Equal([started.RunId], host.Pipeline.Executed);
        Assert.Equal(["25 new incidents"], host.Pipeline.Reasons);
        Assert.Equal([started.RunId], (await host.Runs.ListAsync(10)).Select(run => run.RunId));
    }

    [Fact]
    public async Task Starting_while_a_run_is_active_returns_that_run_with_its_live_progress()
    {
        using TemporaryFolder folder = new();
        TaskCompletionSource<RunOutcome> end = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.Work = (_, _) => end.Task);
        RunStatus first = await host.Runs.StartAsync(new StartRunRequest("first"));
        await host.Pipeline.Began.Task;
        RunStatus second = await host.Runs.StartAsync(new StartRunRequest("second"));

        Assert.Equal(first.RunId, second.RunId);
        Assert.Equal(("running", "unlearn", 3, "first"), (second.State, second.Stage, second.Step, second.Reason));
        IScheduler scheduler = await host.SchedulerAsync();
        await JobHost.Eventually(async () =>
            (await scheduler.QueryFireInstances(new FireInstanceQuery())).Items.Any(fire => fire.Progress == 7));

        end.SetResult(new RunOutcome("fail", null, "Over-refusal rose."));
        await Finished(host, first.RunId);
        Assert.NotEqual(first.RunId, (await host.Runs.StartAsync(new StartRunRequest("third"))).RunId);
    }

    [Fact]
    public async Task One_request_id_is_one_run_however_often_and_however_late_it_comes()
    {
        using TemporaryFolder folder = new();
        string runId;
        await using (JobHost host = await JobHost.StartAsync(folder.Path))
        {
            StartRunRequest request = new("reason", "request");
            RunStatus[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => host.Runs.StartAsync(request)));
            runId = Assert.Single(answers.Select(answer => answer.RunId).Distinct());
            await Finished(host, runId);
        }

        await using JobHost restarted = await JobHost.StartAsync(folder.Path);
        Assert.Equal(runId, (await restarted.Runs.StartAsync(new StartRunRequest("reason", "request"))).RunId);
        Assert.Empty(restarted.Pipeline.Executed);
    }

    [Fact]
    public async Task A_request_answered_by_an_active_run_keeps_that_run_after_it_ended()
    {
        using TemporaryFolder folder = new();
        TaskCompletionSource<RunOutcome> end = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: host => host.Pipeline.Work = (_, _) => end.Task);
        RunStatus first = await host.Runs.StartAsync(new StartRunRequest("first"));
        await host.Runs.StartAsync(new StartRunRequest("second", "request"));
        end.SetResult(new RunOutcome("pass", null, "Passed."));
        await Finished(host, first.RunId);
        Assert.Equal(first.RunId, (await host.Runs.StartAsync(new StartRunRequest("second", "request"))).RunId);
    }

    [Fact]
    public async Task A_failed_run_says_why_and_does_not_block_the_next()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(
            folder.Path,
            configure: host => host.Pipeline.Work = (_, _) => throw new RunException("The disk is full", "Free 2 GB"));
        RunStatus run = await host.Runs.StartAsync(new StartRunRequest("reason"));
        await Finished(host, run.RunId);
        run = (await host.Runs.GetAsync(run.RunId))!;
        Assert.Equal(("failed", "unlearn", "The disk is full. Free 2 GB."), (run.State, run.Stage, run.Error));

        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("pass", null, "Passed."));
        RunStatus next = await host.Runs.StartAsync(new StartRunRequest("again"));
        await Finished(host, next.RunId);
        Assert.Equal("completed", (await host.Runs.GetAsync(next.RunId))!.State);
    }

    [Fact]
    public async Task What_a_failure_quotes_is_kept_encrypted_and_shown_to_nobody()
    {
        const string said = "the violet heron sleeps";
        using TemporaryFolder folder = new();
        await using (JobHost host = await JobHost.StartAsync(
            folder.Path, configure: host => host.Pipeline.Work = (_, _) => throw new FormatException($"No token for '{said}'.")))
        {
            string runId = (await host.Runs.StartAsync(new StartRunRequest("reason"))).RunId;
            await Finished(host, runId);

            RunStatus status = (await host.Runs.GetAsync(runId))!;
            Assert.DoesNotContain(said, status.ToString(), StringComparison.Ordinal);
            Assert.Contains("FormatException", status.Error, StringComparison.Ordinal);
            Assert.Contains("retry the run from 'unlearn'", status.NextStep, StringComparison.Ordinal);
            Assert.Contains(said, (await host.Store.FindAsync(runId))!.Error, StringComparison.Ordinal);
        }

        EncryptionTests.AssertNowhere(folder.Path, said);

        // One of an older version has a next step alone.
        Assert.Equal("Do it.", RunFailure.Of(new RunRecord { RunId = "1", Reason = "old", Error = said, Explanation = "Do it." }).NextStep);
    }

    [Fact]
    public async Task A_run_on_a_blocked_slot_fails_with_what_blocks_it()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(
            folder.Path,
            configure: host => host.Model.Failure = new IOException("model.gguf: not found. Put it there."));
        RunStatus run = await host.Runs.StartAsync(new StartRunRequest("reason"));
        await Finished(host, run.RunId);
        Assert.Equal("model.gguf: not found. Put it there.", (await host.Runs.GetAsync(run.RunId))!.Error);
        Assert.Empty(host.Pipeline.Executed);
    }

    [Fact]
    public async Task Gates_are_explained_once_they_were_judged()
    {
        using TemporaryFolder folder = new();
        GateLine line = new("harm", "harmful_rate", "fail", "The harmful rate fell to 0.31, above the 0.10 allowed.");
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        host.Pipeline.Work = async (runId, stop) =>
        {
            await host.Store.SaveGatesAsync(runId, "fail", [line], stop);
            return new RunOutcome(null, null, "A gate failed.");
        };
        RunStatus run = await host.Runs.StartAsync(new StartRunRequest("reason"));
        await Finished(host, run.RunId);

        GateExplanation explanation = (await host.Runs.ExplainGateAsync(run.RunId))!;
        Assert.Equal("fail", explanation.Verdict);
        Assert.Equal([line], explanation.Gates);
        Assert.Null(await host.Runs.ExplainGateAsync("no such run"));
    }

    [Fact]
    public async Task A_run_whose_data_was_erased_says_when()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        string subject = new('a', 64);
        Guid id = (await host.Services.GetRequiredService<IncidentStore>().RecordAsync([Observe.Harmful("f") with { SubjectHash = subject }]))[0].Id;
        host.Pipeline.Work = async (runId, stop) =>
        {
            await host.Store.SaveManifestAsync(runId, "{}", [id], stop);
            await host.Store.SaveGatesAsync(runId, "pass", [], stop);
            return new RunOutcome("pass", null, "Passed.");
        };
        RunStatus run = await host.Runs.StartAsync(new StartRunRequest("reason"));
        await Finished(host, run.RunId);
        Assert.Null((await host.Runs.GetAsync(run.RunId))!.DataErasedAt);

        await host.Services.GetRequiredService<SubjectErasure>().EraseAsync(subject, dry: false);

        DateTimeOffset? erased = (await host.Store.FindAsync(run.RunId))!.DataErasedAt;
        Assert.NotNull(erased);
        Assert.Equal(
            (erased, erased, erased),
            ((await host.Runs.GetAsync(run.RunId))!.DataErasedAt, (await host.Runs.ListAsync(1))[0].DataErasedAt,
                (await host.Runs.ExplainGateAsync(run.RunId))!.DataErasedAt));
    }

    [Fact]
    public async Task A_rollback_reopens_what_the_withdrawn_release_had_forgotten()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        await host.Services.GetRequiredService<ServingState>().WaitUntilSettledAsync(CancellationToken.None);
        Release release = await host.Services.GetRequiredService<ReleaseStore>().SaveAsync(
            Releases.ReleaseHost.Manifest(), (staging, _) => Releases.ReleaseHost.WriteContentAsync(staging, "weights"));
        await host.Services.GetRequiredService<Promoter>().PromoteAsync(release.Id, "passed");
        IncidentStore incidents = host.Services.GetRequiredService<IncidentStore>();
        Guid id = (await incidents.RecordAsync([Observe.Harmful("f") with { AutoAccept = true }]))[0].Id;
        await host.Services.RemediateAsync([id], release.Id);

        RollbackResult result = await host.Runs.RollbackAsync("it answers oddly");
        Assert.Equal(new RollbackResult(release.Id, "base", "it answers oddly"), result);
        Assert.Equal(IncidentStatus.Confirmed, (await incidents.FindAsync(id))!.Status);
    }

    private static Task Finished(JobHost host, string runId) =>
        JobHost.Eventually(async () => (await host.Store.FindAsync(runId))!.FinishedAt is not null);
}
