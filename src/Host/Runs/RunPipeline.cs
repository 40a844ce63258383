using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Unlearning.Engine.Inference;
using Unlearning.Host.Approvals;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Judges;
using Unlearning.Host.Gates;
using Unlearning.Host.Incidents;
using Unlearning.Host.Jobs;
using Unlearning.Host.Privacy;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Limits;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Stages;
using Unlearning.Host.Storage;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Runs;

/// <summary>
/// One run: select, unlearn, evaluate, gate, approve, promote. Each stage takes what the ones before it left in the run's folder and
/// leaves its own there, so that a run that was killed anywhere goes on with the stage it was in. Fail closed: only a passing verdict
/// promotes.
/// </summary>
public sealed class RunPipeline(
    AssistantEngine assistant,
    IncidentSelection selection,
    IncidentStore incidents,
    IPolicySource policies,
    RunStore runs,
    RunControls controls,
    RunSignals signals,
    RunFolders folders,
    RunProgressFeed feed,
    ReleaseStore releases,
    LiveReleaseJournal journal,
    Promoter promoter,
    PromotionGuard guard,
    QuietTime quiet,
    IFreeSpace space,
    IOptions<RecipeOptions> recipeOptions,
    IOptions<EvaluationOptions> evaluationOptions,
    IOptions<RunOptions> runOptions,
    IConfiguration configuration,
    DataFolder data,
    ServiceMetrics metrics,
    TextProtector protector,
    TimeProvider time,
    [FromKeyedServices(ChatHarmJudge.ServiceKey)] IChatClient? judge = null) : IRunPipeline
{
    private readonly RecipeOptions _recipe = recipeOptions.Value;
    private readonly EvaluationOptions _evaluation = evaluationOptions.Value;

    /// <summary>The last evaluation in this process, with its texts, for whoever shows it; never stored.</summary>
    public EvaluationOutcome? LastOutcome { get; private set; }

    /// <inheritdoc/>
    public async Task<RunOutcome> ExecuteAsync(string runId, string reason, CancellationToken cancellationToken)
    {
        AnswerJudge answerJudge = HarmJudges();
        IReadOnlyList<IGate> gates = Gates();
        LlamaEngine engine = await assistant.GetAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        RunRecord run = await runs.FindAsync(runId, cancellationToken).ConfigureAwait(false)
            ?? throw new ArgumentException($"There is no run '{runId}'.", nameof(runId));
        StageClock clock = new(runOptions.Value.Timeouts, time);
        return await clock.WholeAsync(ct => ExecuteAsync(run, engine, gates, answerJudge, clock, ct), cancellationToken).ConfigureAwait(false);
    }

    private async Task<RunOutcome> ExecuteAsync(
        RunRecord run, LlamaEngine engine, IReadOnlyList<IGate> gates, AnswerJudge answerJudge, StageClock clock, CancellationToken cancellationToken)
    {
        RunFolder folder = folders.Open(run.RunId);
        CheckTakenOver(run, folder);
        if (!folder.HasTraining)
        {
            DiskNeed.Require(
                DiskNeed.Of(engine.Model.Config, _recipe.Rank, _evaluation.Requantise.Count > 0), runOptions.Value.DiskMarginMb, data.Path, space);
        }

        RunEstimate estimate = await RunEstimate.OfAsync(runs, run, time, cancellationToken).ConfigureAwait(false);
        void Report(RunProgress progress) => feed.Report(run.RunId, estimate.Complete(progress));
        void Begin(RunStage stage) => Report(new RunProgress { Stage = stage });
        void MayPause() => signals.StopHere(run.RunId);

        SelectStage select = new(engine, _recipe, _evaluation, selection, policies, journal, protector);
        (RunSets sets, Selection selected) = await clock.StageAsync(
            RunStage.Select, ct => select.RunAsync(folder, () => Begin(RunStage.Select), ct), cancellationToken).ConfigureAwait(false);
        if (sets.Forget.Count < _recipe.MinimumIncidents)
            return new RunOutcome(null, null, $"Only {sets.Forget.Count} harmful answers are confirmed; a run needs {_recipe.MinimumIncidents}.");

        // What a stage has done already it did by what was configured then.
        TrainingRecipe recipe = folder.Read<TrainingRecipe>(RunFolder.Recipe) ?? TrainingRecipe.Of(_recipe, sets, selected, engine);
        JsonElement measured = folder.Read<Evaluated>(RunFolder.Evaluation)?.Options ?? JsonSerializer.SerializeToElement(_evaluation);
        await runs.SaveManifestAsync(
            run.RunId, JsonSerializer.Serialize(RunManifest.Of(run.RunId, engine, sets, selected, recipe, measured)), sets.Incidents, cancellationToken)
            .ConfigureAwait(false);
        MayPause();

        TrainStage train = new(engine, _recipe, releases, time);
        (Trained, TrainingRecipe) trained = await clock.StageAsync(
            RunStage.Unlearn, ct => train.RunAsync(folder, sets, selected, Report, MayPause, ct), cancellationToken).ConfigureAwait(false);
        MayPause();

        EvaluateStage evaluate = new(engine, _evaluation, _recipe, answerJudge, gates, protector);
        (Evaluated evaluated, EvaluationOutcome? outcome) = await clock.StageAsync(
            RunStage.Evaluate, ct => evaluate.RunAsync(folder, sets, Report, ct), cancellationToken).ConfigureAwait(false);
        LastOutcome = outcome ?? LastOutcome;
        MayPause();

        GateStage gate = new(engine, gates, runs, releases, metrics);
        Candidate candidate = await clock.StageAsync(
            RunStage.Gate,
            ct => gate.RunAsync(folder, run, sets, selected, trained, evaluated, () => Begin(RunStage.Gate), ct),
            cancellationToken).ConfigureAwait(false);
        if (!candidate.Passed)
            return new RunOutcome(candidate.Verdict, candidate.ReleaseId, $"Not promoted. {candidate.Objections}") { KeepsWork = true };
        MayPause();
        return await GoLiveAsync(run, sets, candidate, clock, () => Begin(RunStage.Promote), cancellationToken).ConfigureAwait(false);
    }

    private async Task<RunOutcome> GoLiveAsync(
        RunRecord run, RunSets sets, Candidate candidate, StageClock clock, Action begin, CancellationToken cancellationToken)
    {
        ApproveStage approve = new(guard, quiet, time);
        if (!PromoteStage.WasPromoted(journal.Read(), run.RunId) && await approve.RunAsync(run, candidate, cancellationToken).ConfigureAwait(false) is { } other)
            return other;

        PromoteStage promote = new(promoter, journal, releases, incidents, controls);
        string explanation = await clock.StageAsync(
            RunStage.Promote, ct => promote.RunAsync(run, sets, candidate, approve.Approvals, begin, ct), cancellationToken).ConfigureAwait(false);
        return new RunOutcome(candidate.Verdict, candidate.ReleaseId, explanation) { KeepsWork = !PromoteStage.WasPromoted(journal.Read(), run.RunId) };
    }

    // One that has begun may do its work anew, because data was erased; one that has not was promised what its earlier stages left.
    private static void CheckTakenOver(RunRecord run, RunFolder folder)
    {
        if (run.RetryFrom <= RunStage.Select || run.Manifest is not null)
            return;
        if (!RunSetsFile.Exists(folder.Path) || folder.MissingBefore(run.RetryFrom).Any())
        {
            throw new RunException(
                $"What run {run.RetryOf} had left for this one, which was to begin with stage {RunWord.Of(run.RetryFrom)}, is gone",
                $"Retry run {run.RetryOf} again, or start another run");
        }
    }

    // The faults name keys and values of the configuration and the policies, nothing that people said.
    private IReadOnlyList<IGate> Gates()
    {
        try
        {
            return GateConfiguration.Collect(configuration, policies.Current);
        }
        catch (InvalidOperationException fault)
        {
            throw new RunException($"The gates are not well configured: {fault.Message.TrimEnd('.')}", "Mend them, then retry the run");
        }
    }

    private AnswerJudge HarmJudges() =>
        !_evaluation.ModelJudge ? new AnswerJudge(_evaluation.Tone)
        : judge is not null ? new AnswerJudge(_evaluation.Tone, new ChatHarmJudge(judge))
        : throw new RunException(
            $"{EvaluationOptions.SectionName}:{nameof(EvaluationOptions.ModelJudge)} is on, but no IChatClient is registered under the key " +
            $"'{ChatHarmJudge.ServiceKey}'",
            "Register one with AddKeyedChatClient, or switch it off");
}
