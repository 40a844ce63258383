using Unlearning.Host.Incidents;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Runs;

public sealed class RunPipelineTests : IDisposable
{
    private readonly TemporaryFolder _model = new(), _data = new(), _other = new();

    public RunPipelineTests() => TinyModel.Write(_model.Path);

    public void Dispose()
    {
        _model.Dispose();
        _data.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task A_run_that_is_stopped_in_every_stage_makes_the_release_of_one_that_is_not_and_repeats_no_stage()
    {
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        TinyRun.Copy(_data.Path, _other.Path);
        RunOutcome straight;
        await using (TinyRun run = await TinyRun.OpenAsync(_model.Path, _data.Path))
        {
            straight = await run.ExecuteAsync(runId);
            Assert.Equal("pass", straight.Verdict);
            Assert.Equal(straight.ReleaseId, run.Get<LiveReleaseJournal>().Read().Current);
            Assert.NotNull(run.Get<RunPipeline>().LastOutcome);
        }

        List<RunStage> began = [];
        foreach (RunStage stage in (RunStage[])[RunStage.Select, RunStage.Unlearn, RunStage.Evaluate, RunStage.Gate, RunStage.Promote])
        {
            await using TinyRun run = await TinyRun.OpenAsync(_model.Path, _other.Path);
            using CancellationTokenSource kill = new();
            run.Get<RunProgressFeed>().Reported += (_, progress) =>
            {
                began.Add(progress.Stage);
                if (progress.Stage == stage && (stage != RunStage.Unlearn || progress.Step == 3))
                    kill.Cancel();
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.ExecuteAsync(runId, kill.Token));
            Assert.Equal(Release.BaseId, run.Get<LiveReleaseJournal>().Read().Current);
        }

        // Each stage began where the one before had been stopped; none began again after it had ended.
        Assert.Equal(began.Order(), began);
        await using TinyRun last = await TinyRun.OpenAsync(_model.Path, _other.Path);
        List<RunStage> again = [];
        last.Get<RunProgressFeed>().Reported += (_, progress) => again.Add(progress.Stage);
        RunOutcome stopped = await last.ExecuteAsync(runId);
        Assert.Equal([RunStage.Promote], again);
        Assert.Equal((straight.ReleaseId, straight.Explanation), (stopped.ReleaseId, stopped.Explanation));
        Assert.All(await last.Get<IncidentStore>().ListAsync(null, 10), incident => Assert.Equal(IncidentStatus.Remediated, incident.Status));
        Assert.Null(last.Get<RunPipeline>().LastOutcome);
    }

    [Fact]
    public async Task An_evaluation_that_is_stopped_after_the_baseline_was_asked_goes_on_with_the_candidate_to_the_same_release()
    {
        // Metrics of every kind that the baseline's assessment holds something for.
        (string, string?)[] settings =
        [
            ("Unlearning:Evaluation:ForgottenAnswers", "2"),
            ("Unlearning:Evaluation:ChoiceQuestions", "1"),
            ("Unlearning:Evaluation:BasePerplexity", "true"),
            ("Unlearning:Evaluation:SampledAnswers", "1"),
            ("Unlearning:Evaluation:AttackPrompts", "2"),
        ];
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        TinyRun.Copy(_data.Path, _other.Path);
        string? straight;
        await using (TinyRun run = await TinyRun.OpenAsync(_model.Path, _data.Path, settings))
            straight = (await run.ExecuteAsync(runId)).ReleaseId;

        string kept;
        await using (TinyRun run = await TinyRun.OpenAsync(_model.Path, _other.Path, settings))
        {
            await StopInEvaluationAsync(run, progress => progress.Step > progress.TotalSteps / 2);
            kept = Assert.Single(Directory.GetFiles(run.Get<RunFolders>().Open(runId).File(RunFolder.Baseline)));
            Assert.StartsWith("enc:1:", await File.ReadAllTextAsync(kept), StringComparison.Ordinal);
        }

        // What was asked by other options is no baseline of these.
        await using (TinyRun changed = await TinyRun.OpenAsync(_model.Path, _other.Path, [.. settings, ("Unlearning:Evaluation:AttackPrompts", "1")]))
            Assert.All(await StopInEvaluationAsync(changed, progress => progress.Step > 0), progress => Assert.True(progress.Step <= progress.TotalSteps / 2));

        await using TinyRun last = await TinyRun.OpenAsync(_model.Path, _other.Path, settings);
        List<RunProgress> asked = [];
        last.Get<RunProgressFeed>().Reported += (_, progress) => asked.Add(progress);
        Assert.Equal(straight, (await last.ExecuteAsync(runId)).ReleaseId);
        Assert.All(
            asked.Where(progress => progress is { Stage: RunStage.Evaluate, Step: > 0 }), progress => Assert.True(progress.Step > progress.TotalSteps / 2));
        Assert.False(Directory.Exists(Path.GetDirectoryName(kept)));

        async Task<IReadOnlyList<RunProgress>> StopInEvaluationAsync(TinyRun run, Func<RunProgress, bool> where)
        {
            List<RunProgress> seen = [];
            using CancellationTokenSource kill = new();
            run.Get<RunProgressFeed>().Reported += (_, progress) =>
            {
                if (progress.Stage != RunStage.Evaluate)
                    return;
                seen.Add(progress);
                if (where(progress))
                    kill.Cancel();
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.ExecuteAsync(runId, kill.Token));
            return seen;
        }
    }

    [Fact]
    public async Task A_run_killed_after_its_promotion_marks_its_incidents_and_promotes_nothing_again_after_a_rollback()
    {
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        await using TinyRun run = await TinyRun.OpenAsync(_model.Path, _data.Path);
        RunOutcome outcome = await run.ExecuteAsync(runId);
        IncidentStore incidents = run.Get<IncidentStore>();
        await incidents.ReopenAsync(await run.Get<IBaseModel>().GetHashAsync(), [Release.BaseId]);

        // The record still says "running": the process died before it was told.
        Assert.Equal(outcome, await run.ExecuteAsync(runId));
        Assert.All(await incidents.ListAsync(null, 10), incident => Assert.Equal(IncidentStatus.Remediated, incident.Status));
        Assert.Single(run.Get<LiveReleaseJournal>().Read().Entries);

        await run.Get<UnlearningRuns>().RollbackAsync("it answers oddly");
        Assert.Contains("withdrawn", (await run.ExecuteAsync(runId)).Explanation, StringComparison.Ordinal);
        Assert.Equal(Release.BaseId, run.Get<LiveReleaseJournal>().Read().Current);
        Assert.All(await incidents.ListAsync(null, 10), incident => Assert.Equal(IncidentStatus.Confirmed, incident.Status));
    }

    [Fact]
    public async Task A_rejected_run_is_gated_again_by_other_gates_without_being_trained_again()
    {
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        await using (TinyRun rejected = await TinyRun.OpenAsync(_model.Path, _data.Path, ("Unlearning:Gates:answers stay whole:Threshold", "-1")))
        {
            RunOutcome outcome = await rejected.ExecuteAsync(runId);
            Assert.Equal(("fail", true), (outcome.Verdict, outcome.KeepsWork));
            await rejected.Get<RunStore>().CompleteAsync(runId, outcome);
            Assert.Equal(Release.BaseId, rejected.Get<LiveReleaseJournal>().Read().Current);
        }

        await using TinyRun retried = await TinyRun.OpenAsync(_model.Path, _data.Path);
        RunStore runs = retried.Get<RunStore>();
        RunStart start = new("again") { RunId = runs.NewRunId(), RetryOf = runId, RetryFrom = RunStage.Gate };
        await retried.Get<RunRetries>().PrepareAsync(runId, start.RunId, RunStage.Gate);
        await runs.StartAsync(start);
        List<RunStage> began = [];
        retried.Get<RunProgressFeed>().Reported += (_, progress) => began.Add(progress.Stage);
        RunOutcome passed = await retried.ExecuteAsync(start.RunId);
        Assert.Equal("pass", passed.Verdict);
        Assert.Equal([RunStage.Gate, RunStage.Promote], began);
        Assert.Equal(passed.ReleaseId, retried.Get<LiveReleaseJournal>().Read().Current);
        Assert.Equal(4, (await retried.Get<IncidentStore>().ListAsync(IncidentStatus.Remediated, 10)).Count);

        RunException live = await Assert.ThrowsAsync<RunException>(() => retried.Get<RunRetries>().PrepareAsync(runId, "new", RunStage.Gate));
        Assert.Contains("is live now", live.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_record_of_a_run_that_is_executed_again_says_what_it_was_made_by_and_not_what_is_configured_now()
    {
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        string manifest;
        await using (TinyRun run = await TinyRun.OpenAsync(_model.Path, _data.Path))
        {
            await run.ExecuteAsync(runId);
            manifest = (await run.Get<RunStore>().FindAsync(runId))!.Manifest!;
        }

        await using TinyRun changed = await TinyRun.OpenAsync(
            _model.Path, _data.Path, ("Unlearning:Recipe:Seed", "7"), ("Unlearning:Evaluation:ExtensionPrompts", "3"));
        await changed.ExecuteAsync(runId);
        Assert.Equal(manifest, (await changed.Get<RunStore>().FindAsync(runId))!.Manifest);
    }

    [Fact]
    public async Task A_retry_whose_taken_over_work_is_gone_fails_and_does_not_train_anew()
    {
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        await using TinyRun run = await TinyRun.OpenAsync(_model.Path, _data.Path);
        RunStore runs = run.Get<RunStore>();
        await runs.FailAsync(runId, "stopped");
        RunRecord retry = (await runs.StartAsync(new RunStart("again") { RetryOf = runId, RetryFrom = RunStage.Gate })).Run;
        RunException error = await Assert.ThrowsAsync<RunException>(() => run.ExecuteAsync(retry.RunId));
        Assert.Contains($"What run {runId} had left for this one, which was to begin with stage gate, is gone", error.Message, StringComparison.Ordinal);
        Assert.False(RunSetsFile.Exists(run.Get<RunFolders>().Open(retry.RunId).Path));
    }

    [Fact]
    public async Task A_release_whose_parent_is_no_longer_live_does_not_go_live()
    {
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        await using TinyRun run = await TinyRun.OpenAsync(_model.Path, _data.Path);
        run.Get<RunProgressFeed>().Reported += (_, progress) =>
        {
            if (progress.Stage == RunStage.Gate)
            {
                run.Get<LiveReleaseJournal>().Append(_ => new JournalEntry
                {
                    Sequence = 1,
                    At = DateTimeOffset.UnixEpoch,
                    Action = JournalAction.Promoted,
                    ReleaseId = "0123456789abcdef",
                    ContentHash = "0123456789abcdef",
                    PreviousReleaseId = Release.BaseId,
                    Reason = "somebody else",
                });
            }
        };
        RunOutcome outcome = await run.ExecuteAsync(runId);
        Assert.StartsWith("Not promoted: release 0123456789abcdef is live now", outcome.Explanation, StringComparison.Ordinal);
        Assert.Single(run.Get<LiveReleaseJournal>().Read().Entries);
    }

    [Fact]
    public async Task A_recipe_that_changed_under_a_run_stops_it_with_what_to_do()
    {
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        await using (TinyRun run = await TinyRun.OpenAsync(_model.Path, _data.Path))
        {
            using CancellationTokenSource kill = new();
            run.Get<RunProgressFeed>().Reported += (_, progress) =>
            {
                if (progress is { Stage: RunStage.Unlearn, Step: 2 })
                    kill.Cancel();
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.ExecuteAsync(runId, kill.Token));
        }

        await using TinyRun changed = await TinyRun.OpenAsync(_model.Path, _data.Path, ("Unlearning:Recipe:Seed", "7"));
        RunException error = await Assert.ThrowsAsync<RunException>(() => changed.ExecuteAsync(runId));
        Assert.Contains("retry the run from 'unlearn'", error.Message, StringComparison.Ordinal);

        await changed.Get<RunStore>().FailAsync(runId, error.Message);
        RunFolders folders = changed.Get<RunFolders>();
        await changed.Get<RunRetries>().PrepareAsync(runId, "retried", RunStage.Unlearn);
        Assert.Equal(
            [RunFolder.Selection, "sets.json"],
            Directory.GetFileSystemEntries(folders.Open("retried").Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_erasure_takes_with_it_all_that_was_made_of_the_sets()
    {
        RunFolder folder = new(_data.Path);
        foreach (string file in (string[])["sets.json", RunFolder.Selection, RunFolder.Recipe, "checkpoint.safetensors", RunFolder.Trained, RunFolder.Evaluation, RunFolder.Candidate])
            await File.WriteAllTextAsync(folder.File(file), "{}");
        Directory.CreateDirectory(folder.File(RunFolder.Best));
        Directory.CreateDirectory(folder.File(RunFolder.Baseline));
        RunSetsFile.Delete(_data.Path);
        Assert.Empty(Directory.GetFileSystemEntries(_data.Path));
    }
}
