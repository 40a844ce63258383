using Unlearning.Engine;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Host.Demo.Bundle;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Data;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Assessment;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Successive;
using Unlearning.Host.Runs.Training;

namespace Unlearning.Host.Experiments.Cells;

/// <summary>
/// Computes cells with the parts of a run: the sets, the training stage and the assessor. What cells share (the model, its own answers,
/// its measurement) is computed when the first needs it.
/// </summary>
internal sealed class EngineCellRunner(
    EngineOptions options, ExperimentRecipe recipe, ExperimentData data, string trainings, TimeProvider time) : ICellRunner, IDisposable
{
    private const int SuiteSeed = 1;

    private readonly AnswerJudge _judge = new(recipe.Evaluation.Tone);
    private readonly Dictionary<(int, int), ModelAssessment> _validations = [];
    private readonly Dictionary<(int, int), IReadOnlyList<EvaluationPrompt>> _lookAlikes = [];
    private LlamaEngine? _engine;
    private IReadOnlyList<HarmfulExample>? _harmful;
    private ModelAssessment? _baseline;
    private ContentWords[]? _asked;

    /// <inheritdoc/>
    public async Task<CellResult> RunAsync(Cell cell, Action<RunProgress> report, CancellationToken cancellationToken)
    {
        _engine ??= await LlamaEngine.LoadAsync(options, cancellationToken).ConfigureAwait(false);
        CellResult result = new()
        {
            Hash = cell.Hash,
            Kind = cell.Kind,
            Method = cell.Method,
            LearningRate = cell.Recipe.LearningRate,
            Seed = cell.Recipe.Seed,
        };
        long began = time.GetTimestamp();
        if (cell.Kind == CellKind.Base)
        {
            result = result with { LearningRate = double.NaN, Metrics = await MeasureAsync(_engine, null, report, cancellationToken).ConfigureAwait(false) };
            return result with { EvaluationSeconds = time.GetElapsedTime(began).TotalSeconds };
        }

        if (cell.Kind == CellKind.Successive)
        {
            IReadOnlyList<SuccessiveRun> runs = await SuccessiveAsync(_engine, cell, report, cancellationToken).ConfigureAwait(false);
            return result with { Successive = runs, TrainingSeconds = time.GetElapsedTime(began).TotalSeconds };
        }

        RunSets sets = SetBuilder.Build(
            [.. await HarmfulAsync(_engine, cancellationToken).ConfigureAwait(false), .. KnownHarmful(cell.Recipe)],
            await LookAlikesAsync(_engine, cell.Recipe, cancellationToken).ConfigureAwait(false),
            _engine,
            cell.Recipe,
            data.Files);

        // What all cells share took its time only once; it is no method's.
        began = time.GetTimestamp();
        string folder = Directory.CreateDirectory(Path.Combine(trainings, cell.TrainingHash[..16])).FullName;
        UnlearnStage stage = new(_engine, cell.Recipe, report, time) { KeepsDiverged = true, Baselines = _validations };
        UnlearnResult trained = await stage.RunAsync(folder, sets, null, cell.TrainingHash, cancellationToken).ConfigureAwait(false);
        using LoraAdapter adapter = trained.Adapter;
        result = result with
        {
            ChosenStep = trained.ChosenStep,
            Score = trained.Score,
            DivergedAt = trained.DivergedAt,
            Steps = trained.Steps,
            Checkpoints = trained.Checkpoints,
            TrainingSeconds = time.GetElapsedTime(began).TotalSeconds,
        };
        if (cell.Kind == CellKind.Tuning)
            return result;

        await BaselineAsync(_engine, report, cancellationToken).ConfigureAwait(false);
        began = time.GetTimestamp();
        try
        {
            result = result with { Metrics = await MeasureAsync(_engine, adapter, report, cancellationToken).ConfigureAwait(false) };
        }
        catch (NonFiniteLogitsException)
        {
            // Nothing can be measured on a model that computes no numbers, and that is what came of the method.
            result = result with { DivergedAt = result.DivergedAt ?? cell.Recipe.Steps };
        }

        return result with { EvaluationSeconds = time.GetElapsedTime(began).TotalSeconds };
    }

    /// <inheritdoc/>
    public void Dispose() => _engine?.Dispose();

    private async Task<IReadOnlyList<MetricResult>> MeasureAsync(
        LlamaEngine engine, LoraAdapter? adapter, Action<RunProgress> report, CancellationToken cancellationToken)
    {
        EvaluationSuite suite = await SuiteAsync(engine, cancellationToken).ConfigureAwait(false);
        ModelAssessment baseline = await BaselineAsync(engine, report, cancellationToken).ConfigureAwait(false);
        ModelAssessment candidate = adapter is null
            ? baseline
            : await Assessor(engine, suite, report).AssessAsync(adapter, suite, baseline, cancellationToken).ConfigureAwait(false);
        return Evaluator.Compare(baseline, candidate, suite).Report.Metrics;
    }

    private async Task<ModelAssessment> BaselineAsync(LlamaEngine engine, Action<RunProgress> report, CancellationToken cancellationToken)
    {
        if (_baseline is not null)
            return _baseline;
        EvaluationSuite suite = await SuiteAsync(engine, cancellationToken).ConfigureAwait(false);
        return _baseline = await Assessor(engine, suite, report).AssessAsync(null, suite, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<EvaluationSuite> SuiteAsync(LlamaEngine engine, CancellationToken cancellationToken)
    {
        IReadOnlyList<ReferenceAnswer> forgotten = recipe.Evaluation is { ForgottenAnswers: 0, RelearningSteps: 0 }
            ? []
            : [.. (await HarmfulAsync(engine, cancellationToken).ConfigureAwait(false))
                .Select(example => new ReferenceAnswer(example.Prompt, example.Answer, Ends: false))];
        return ModelAssessor.Suite(recipe.Evaluation, data.Asked, forgotten, SuiteSeed);
    }

    private async Task<IReadOnlyList<SuccessiveRun>> SuccessiveAsync(
        LlamaEngine engine, Cell cell, Action<RunProgress> report, CancellationToken cancellationToken)
    {
        (int count, int incidents) = (recipe.Successive!.Runs, recipe.Successive.Incidents);
        IReadOnlyList<HarmfulExample> harmful = await HarmfulAsync(engine, cancellationToken).ConfigureAwait(false);
        if (harmful.Count < count * incidents)
            throw new InvalidDataException(
                $"{count} runs on {incidents} incidents each need {count * incidents} harmful answers; there are {harmful.Count}. Raise the count of data.forget, or ask for less.");
        IReadOnlyList<EvaluationPrompt> lookAlikes = await LookAlikesAsync(engine, cell.Recipe, cancellationToken).ConfigureAwait(false);
        SuccessiveBatch[] batches =
        [
            .. harmful.Chunk(incidents).Take(count).Select(batch => new SuccessiveBatch(
                SetBuilder.Build([.. batch, .. KnownHarmful(cell.Recipe)], lookAlikes, engine, cell.Recipe, data.Files),
                [.. batch.Select(example => new EvaluationPrompt(example.Id, example.Prompt, PromptKind.Harmful, null, "forget"))])),
        ];
        string folder = Directory.CreateDirectory(Path.Combine(trainings, cell.TrainingHash[..16])).FullName;
        return await new SuccessiveRuns(engine, cell.Recipe, _judge, time) { Baselines = _validations }.RunAsync(
            folder,
            batches,
            [.. data.Asked.Where(prompt => prompt.Kind == PromptKind.Ordinary).Select(prompt => new ReferenceAnswer(prompt.Text, prompt.Answer ?? ""))],
            run => report(new RunProgress { Stage = RunStage.Evaluate, Step = run.Run, TotalSteps = count }),
            cancellationToken).ConfigureAwait(false);
    }

    private ModelAssessor Assessor(LlamaEngine engine, EvaluationSuite suite, Action<RunProgress> report)
    {
        int total = suite.Prompts.Count(prompt => prompt.Kind != PromptKind.Ordinary);
        return new ModelAssessor(engine, recipe.Evaluation, _judge, recipe.Shared.AnswerTokens, done =>
            report(new RunProgress { Stage = RunStage.Evaluate, Step = done, TotalSteps = total }))
        {
            Recipe = recipe.Shared,
        };
    }

    /// <summary>The answers to forget: given ones, or the model's own where its judge calls them harmful.</summary>
    private async Task<IReadOnlyList<HarmfulExample>> HarmfulAsync(LlamaEngine engine, CancellationToken cancellationToken)
    {
        if (_harmful is not null)
            return _harmful;
        HarmfulPrompt[] open = [.. data.Forget.Where(prompt => prompt.Answer is null)];
        IReadOnlyList<string> own = open.Length == 0 ? [] : await engine.AnswerAsync(
            [.. open.Select(prompt => prompt.Prompt)],
            adapter: null,
            new GenerationSettings { MaximumTokens = recipe.Shared.AnswerTokens },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> answers = open.Zip(own).ToDictionary(pair => pair.First.Id, pair => pair.Second);
        List<HarmfulExample> harmful = [];
        foreach (HarmfulPrompt prompt in data.Forget)
        {
            EvaluationPrompt asked = new(prompt.Id, prompt.Prompt, PromptKind.Harmful, null, "forget");
            string answer = prompt.Answer ?? answers[prompt.Id];
            if (harmful.Count < data.ForgetCount
                && (prompt.Answer is not null || await _judge.IsHarmfulAsync(asked, answer, cancellationToken).ConfigureAwait(false)))
                harmful.Add(new HarmfulExample(prompt.Id, prompt.Prompt, answer, SetBuilder.DefaultRefusal));
        }

        return harmful.Count > 0
            ? _harmful = harmful
            : throw new InvalidDataException("The model answers none of the harmful prompts, so there is nothing to forget.");
    }

    /// <summary>Known harmful prompts, but for those that ask nearly what the models will be asked.</summary>
    private IEnumerable<HarmfulExample> KnownHarmful(RecipeOptions own)
    {
        _asked ??= [.. data.Asked.Where(prompt => prompt.Kind == PromptKind.Harmful).Select(prompt => ContentWords.Of(prompt.Text))];
        return SetBuilder.KnownHarmful(own, _ => SetBuilder.DefaultRefusal)
            .Where(example => ContentWords.Of(example.Prompt) is var words && !_asked.Any(other => other.Jaccard(words) >= PromptBundler.NearDuplicate));
    }

    private async Task<IReadOnlyList<EvaluationPrompt>> LookAlikesAsync(LlamaEngine engine, RecipeOptions own, CancellationToken cancellationToken)
    {
        (int, int) key = (own.LookAlikes, own.AnswerTokens);
        if (!_lookAlikes.TryGetValue(key, out IReadOnlyList<EvaluationPrompt>? answers))
            _lookAlikes[key] = answers = await SetBuilder.AnswerLookAlikesAsync(engine, own, cancellationToken).ConfigureAwait(false);
        return answers;
    }
}
