using System.Text.Json;
using System.Text.Json.Serialization;
using Unlearning.Engine.Directions;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs.Assessment;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Runs.Training;

/// <summary>
/// Trains, checkpoints, stops and chooses: every few steps the adapter is measured on the validation split, and the best one by
/// <see cref="CheckpointRule"/> is kept; where measurements no longer improve, training ends. The gate split is never looked at here.
/// </summary>
internal sealed class UnlearnStage(LlamaEngine engine, RecipeOptions recipe, Action<RunProgress> report, TimeProvider time)
{
    // Gradients that vanish have no cosine; the record of such a step holds NaN.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>
    /// Whether a gradient that is not finite ends the training with what it came to until then. By default it is an error, as a run that
    /// diverged has nothing to promote.
    /// </summary>
    public bool KeepsDiverged { get; init; }

    /// <summary>The base's assessments on the validation split by prompts and answer tokens, where several trainings share them.</summary>
    public IDictionary<(int Prompts, int AnswerTokens), ModelAssessment>? Baselines { get; init; }

    /// <summary>Called after each checkpoint, where training can stop and lose nothing. It may throw.</summary>
    public Action Checkpointed { get; init; } = static () => { };

    // Neither toxicity nor what embeddings judge has a part in the choice, so the quick form does.
    private readonly Evaluator _evaluator = new(AnswerJudge.WithoutEmbeddings());

    private sealed record History(List<StepRecord> Steps, List<int> Validated, int BestStep, double BestScore)
    {
        // Settable, as a history that was written before there were such records has none.
        public List<CheckpointRecord> Checkpoints { get; init; } = [];

        /// <summary>Whether the last validations were all no better than the best one before them.</summary>
        public bool HasStalled(int patience) => patience > 0 && Validated.Count(step => step > BestStep) >= patience;
    }

    public async Task<UnlearnResult> RunAsync(
        string folder, RunSets sets, LoraAdapter? parent, string identity, CancellationToken cancellationToken)
    {
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors"), best = Path.Combine(folder, "best"), historyFile = Path.Combine(folder, "history.json");
        IReadOnlyList<TrainingObjective> objectives = sets.Objectives(recipe);
        EvaluationSuite suite = Validation();
        ModelAssessment baseline = await BaselineAsync(suite, cancellationToken).ConfigureAwait(false);

        TrainingSettings settings = recipe.ToSettings(objectives.Select(objective => objective.Name));
        UnlearningTrainer trainer = await engine.RunAsync(
            _ => new UnlearningTrainer(engine.Model, settings, objectives, parent, engine.TrainingMemoryMb), cancellationToken).ConfigureAwait(false);
        try
        {
            History history = new([], [], 0, double.PositiveInfinity);
            if (File.Exists(checkpoint) && File.Exists(historyFile))
            {
                await OnEngine(() => TrainingCheckpoint.Restore(trainer, checkpoint, identity)).ConfigureAwait(false);
                history = JsonSerializer.Deserialize<History>(await File.ReadAllBytesAsync(historyFile, cancellationToken).ConfigureAwait(false), Json)!;

                // A kill between the two files leaves the history a little ahead of the checkpoint; those steps come again.
                history.Steps.RemoveAll(step => step.Step > trainer.Step);
                history.Validated.RemoveAll(step => step > trainer.Step);
                history.Checkpoints.RemoveAll(checkpoint => checkpoint.Step > trainer.Step);
            }

            int? divergedAt = null;
            while (trainer.Step < recipe.Steps && !history.HasStalled(recipe.Patience) && divergedAt is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long began = time.GetTimestamp();
                StepReport step;
                try
                {
                    step = await engine.RunAsync(trainer.Advance, cancellationToken).ConfigureAwait(false);
                }
                catch (NonFiniteGradientException) when (KeepsDiverged)
                {
                    // The adapter still stands where the last step left it, and is a checkpoint like any other.
                    divergedAt = trainer.Step + 1;
                    history = await ValidateAsync(history).ConfigureAwait(false);
                    continue;
                }

                history.Steps.Add(Record(step));
                report(Progress(step, time.GetElapsedTime(began)));

                if ((step.Step >= recipe.ValidateFrom && step.Step % recipe.ValidateEvery == 0) || step.Step == recipe.Steps)
                {
                    history = await ValidateAsync(history).ConfigureAwait(false);
                    history.Validated.Add(step.Step);
                }

                if (step.Step % recipe.CheckpointEvery == 0 || step.Step == recipe.Steps)
                {
                    byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(history, Json);
                    AtomicFile.Write(historyFile, stream => stream.Write(bytes));
                    await OnEngine(() => TrainingCheckpoint.Save(trainer, checkpoint, identity)).ConfigureAwait(false);
                    Checkpointed();
                }
            }

            LoraAdapter adapter = await engine.RunAsync(
                _ => PeftAdapter.Load(best, engine.Model.Type, engine.Model.Device), cancellationToken).ConfigureAwait(false);
            return new UnlearnResult(adapter, history.BestStep, history.Steps, CheckpointRule.Shown(history.BestScore), divergedAt)
            {
                Checkpoints = history.Checkpoints,
            };
        }
        finally
        {
            await OnEngine(trainer.Dispose).ConfigureAwait(false);
        }

        async Task<History> ValidateAsync(History history)
        {
            CheckpointRecord judged = await JudgeAsync(trainer, suite, baseline, best, history.BestScore, cancellationToken).ConfigureAwait(false);
            history.Checkpoints.Add(judged);
            return judged.Score < history.BestScore ? history with { BestScore = judged.Score, BestStep = judged.Step } : history;
        }
    }

    private async Task<CheckpointRecord> JudgeAsync(
        UnlearningTrainer trainer, EvaluationSuite suite, ModelAssessment baseline, string best, double toBeat, CancellationToken cancellationToken)
    {
        using LoraAdapter snapshot = await engine.RunAsync(_ => trainer.Parameters.Snapshot(engine.Model.Type), cancellationToken).ConfigureAwait(false);
        CheckpointRecord judged;
        try
        {
            ModelAssessment candidate = await _evaluator.AssessAsync(Model(snapshot), suite, baseline, cancellationToken).ConfigureAwait(false);
            judged = CheckpointRule.Judge(trainer.Step, Evaluator.Compare(baseline, candidate, suite).Report, recipe);
        }
        catch (NonFiniteLogitsException) when (KeepsDiverged)
        {
            judged = CheckpointRule.Silent(trainer.Step);
        }

        if (judged.Score < toBeat)
            await OnEngine(() => PeftAdapter.Save(best, snapshot, engine.Name)).ConfigureAwait(false);
        return judged;
    }

    private async Task<ModelAssessment> BaselineAsync(EvaluationSuite suite, CancellationToken cancellationToken)
    {
        if (Baselines is not null && Baselines.TryGetValue((recipe.ValidationPrompts, recipe.AnswerTokens), out ModelAssessment? known))
            return known;
        ModelAssessment assessed = await _evaluator.AssessAsync(Model(null), suite, null, cancellationToken).ConfigureAwait(false);
        if (Baselines is not null)
            Baselines[(recipe.ValidationPrompts, recipe.AnswerTokens)] = assessed;
        return assessed;
    }

    private EvaluationSuite Validation() => new()
    {
        Prompts =
        [
            .. BundledPrompts.Load(PromptSplit.Validation, PromptKind.Harmful).Take(recipe.ValidationPrompts),
            .. BundledPrompts.Load(PromptSplit.Validation, PromptKind.LookAlike)

                // Over-refusal decides, and 32 prompts cannot tell 3 % from 9 %.
                .Concat(SetBuilder.UntrainedLookAlikes).Take(recipe.ValidationPrompts),
        ],
        Likelihoods = false,
        Seed = recipe.Seed,
    };

    private EngineModel Model(LoraAdapter? adapter) => new(engine, adapter, recipe.AnswerTokens);

    private Task<bool> OnEngine(Action work) => engine.RunAsync(_ =>
    {
        work();
        return true;
    });

    private RunProgress Progress(StepReport step, TimeSpan took)
    {
        Dictionary<string, double> angles = [];
        foreach ((string pair, double cosine) in Cosines(step))
            angles[pair] = Math.Acos(Math.Clamp(cosine, -1, 1)) * 180 / Math.PI;
        return new RunProgress
        {
            Stage = RunStage.Unlearn,
            Step = step.Step,
            TotalSteps = recipe.Steps,
            Losses = ByObjective(step, step.Losses),
            Angles = angles,
            Remaining = took * (recipe.Steps - step.Step),
        };
    }

    private static StepRecord Record(StepReport step) => new()
    {
        Step = step.Step,
        Losses = ByObjective(step, step.Losses),
        Cosines = Cosines(step).ToDictionary(entry => entry.Pair, entry => entry.Cosine),
        DirectionNorm = step.Direction.DirectionNorm,
        Branch = step.Direction.Branch,
        FirstOrderChanges = ByObjective(step, step.FirstOrderChange),
        Weights = ByObjective(step, step.Direction.Weights),
        Active = ByObjective(step, step.Direction.Active),
        Alignment = step.Alignment,
        Stationarity = step.Direction.Stationarity,
        GradientNorms = ByObjective(step, step.Direction.Norms),
    };

    private static Dictionary<string, T> ByObjective<T>(StepReport step, IEnumerable<T> values) =>
        step.Objectives.Zip(values).ToDictionary(entry => entry.First, entry => entry.Second);

    private static IEnumerable<(string Pair, double Cosine)> Cosines(StepReport step)
    {
        for (int i = 0; i < step.Objectives.Count; i++)
        {
            for (int j = i + 1; j < step.Objectives.Count; j++)
                yield return ($"{step.Objectives[i]}/{step.Objectives[j]}", step.Direction.Cosines[i, j]);
        }
    }
}
