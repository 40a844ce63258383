using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Judges;
using Unlearning.Host.Gates;
using Unlearning.Host.Incidents;
using Unlearning.Host.Privacy;
using Unlearning.Host.Releases;
using Unlearning.Host.Reports;
using Unlearning.Host.Storage;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Functions;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Runs;

/// <summary>One run: select, unlearn, evaluate, gate, promote. Fail closed: only a passing verdict promotes.</summary>
public sealed class RunPipeline(
    AssistantEngine assistant,
    IncidentSelection selection,
    IncidentStore incidents,
    IPolicySource policies,
    RunStore runs,
    RunProgressFeed feed,
    ReleaseStore releases,
    LiveReleaseJournal journal,
    Promoter promoter,
    IOptions<RecipeOptions> recipeOptions,
    IOptions<EvaluationOptions> evaluationOptions,
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
        DateTimeOffset started = time.GetUtcNow();
        AnswerJudge answerJudge = HarmJudges();
        IReadOnlyList<GateRule> gates = GateConfiguration.Collect(configuration, policies.Current);
        LlamaEngine engine = await assistant.GetAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        string folder = Directory.CreateDirectory(Path.Combine(data.Path, "runs", runId)).FullName;

        feed.Report(runId, new RunProgress { Stage = RunStage.Select });
        RunSets sets = await SelectAsync(folder, engine, cancellationToken).ConfigureAwait(false);
        if (sets.Forget.Count < _recipe.MinimumIncidents)
        {
            Directory.Delete(folder, recursive: true);
            return new RunOutcome(null, null, $"Only {sets.Forget.Count} harmful answers are confirmed; a run needs {_recipe.MinimumIncidents}.");
        }

        string parent = sets.Parent;
        LoraAdapter? parentAdapter = parent == Release.BaseId
            ? null
            : await AssistantEngine.LoadAdapterAsync(engine, releases.Verify(parent).Folder, cancellationToken).ConfigureAwait(false);
        string setsHash = Convert.ToHexStringLower(SHA256.HashData(sets.ToBytes()));
        string identity = Convert.ToHexStringLower(SHA256.HashData(
            JsonSerializer.SerializeToUtf8Bytes(new { _recipe, setsHash, parent, engine.BaseHash })));
        ReleaseManifest manifest = Manifest(runId, parent, engine, setsHash, sets);
        await runs.SaveManifestAsync(runId, JsonSerializer.Serialize(manifest), sets.Incidents, cancellationToken).ConfigureAwait(false);

        UnlearnStage unlearn = new(engine, _recipe, progress => feed.Report(runId, progress), time);
        UnlearnResult trained = await unlearn.RunAsync(folder, sets, parentAdapter, identity, cancellationToken).ConfigureAwait(false);
        using LoraAdapter candidate = trained.Adapter;

        EvaluationSuite suite = ModelAssessor.Suite(_evaluation, BundledPrompts.Load(PromptSplit.Gate), sets.Forgotten, _recipe.Seed, sets.Earlier);
        int total = 2 * suite.Prompts.Count(prompt => prompt.Kind != PromptKind.Ordinary), before = 0;
        ModelAssessor assessor = new(engine, _evaluation, answerJudge, _recipe.AnswerTokens, done =>
            feed.Report(runId, new RunProgress { Stage = RunStage.Evaluate, Step = before + done, TotalSteps = total }))
        {
            Recipe = _recipe,
            Folder = Path.Combine(folder, "requantised"),
        };
        (EvaluationOutcome outcome, GateDecision decision) = await new GatedEvaluation(gates, _evaluation.ExtensionPrompts).RunAsync(
            suite,
            async (isCandidate, part, baseline, ct) =>
            {
                ModelAssessment assessed = await assessor.AssessAsync(isCandidate ? candidate : null, part, baseline, ct).ConfigureAwait(false);
                before += part.Prompts.Count(prompt => prompt.Kind != PromptKind.Ordinary);
                return assessed;
            },
            cancellationToken).ConfigureAwait(false);
        LastOutcome = outcome;

        feed.Report(runId, new RunProgress { Stage = RunStage.Gate });
#pragma warning disable CA1308 // Verdicts are words in files, lower case everywhere.
        string verdict = decision.Verdict.ToString().ToLowerInvariant();
        GateLine[] lines = [.. decision.Gates.Select(gate =>
            new GateLine(gate.Gate, gate.Metric, gate.Verdict.ToString().ToLowerInvariant(), gate.Sentence))];
#pragma warning restore CA1308
        await runs.SaveGatesAsync(runId, verdict, lines, cancellationToken).ConfigureAwait(false);
        foreach (GateLine line in lines)
            metrics.GateJudged(line.Gate, line.Verdict);

        RunReport report = new()
        {
            Facts = new RunFacts
            {
                RunId = runId,
                StartedAt = started,
                Duration = time.GetUtcNow() - started,
                Model = engine.Name,
                ModelHash = engine.BaseHash,
                Adapter = $"{Shape(candidate)}; step {trained.ChosenStep} of the {trained.Steps.Count} taken, at most {_recipe.Steps}, chosen on the validation split",
                Direction = $"{_recipe.Direction}, gradients scaled: {_recipe.Normalize}, {_recipe.Optimizer}",
                Sets = sets.Sizes(),
                Seed = _recipe.Seed,
                Outcome = decision.Verdict == Verdict.Pass ? "promoted" : "rejected",
            },
            Evaluation = outcome.Report,
            Decision = decision,
            Steps = trained.Steps,
        };
        Release release = await releases.SaveAsync(
            manifest with { Verdict = verdict },
            async (staging, ct) =>
            {
                await engine.RunAsync(
                    _ =>
                    {
                        PeftAdapter.Save(Path.Combine(staging, "adapter"), candidate, engine.Name);
                        return true;
                    },
                    ct).ConfigureAwait(false);
                report.Save(staging);
                await File.WriteAllTextAsync(Path.Combine(staging, "steps.json"), StepRecord.ToJson(trained.Steps), ct).ConfigureAwait(false);
                await File.WriteAllTextAsync(Path.Combine(staging, "report.json"), outcome.Report.ToJson(), ct).ConfigureAwait(false);
                await File.WriteAllTextAsync(Path.Combine(staging, "verdicts.json"), JsonSerializer.Serialize(lines), ct).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);

        if (decision.Verdict == Verdict.Pass)
        {
            feed.Report(runId, new RunProgress { Stage = RunStage.Promote });
            await promoter.PromoteAsync(release.Id, reason, runId, cancellationToken).ConfigureAwait(false);
            await incidents.MarkRemediatedAsync([.. sets.Incidents], release.Id, cancellationToken).ConfigureAwait(false);
        }

        Directory.Delete(folder, recursive: true);
        return new RunOutcome(verdict, release.Id, decision.Verdict == Verdict.Pass
            ? $"All {lines.Length} gates passed; release {release.Id} is live."
            : $"Not promoted. {string.Join(" ", decision.Gates.Where(gate => gate.Verdict != Verdict.Pass).Select(gate => gate.Sentence))}");
    }

    private async Task<RunSets> SelectAsync(string folder, LlamaEngine engine, CancellationToken cancellationToken)
    {
        if (RunSetsFile.Exists(folder))
            return RunSetsFile.Read(folder, protector);

        // Sets that were erased take with them what was trained on them.
        RunSetsFile.Delete(folder);

        SelectedIncidents selected = await selection.SelectAsync(engine.BaseHash, cancellationToken).ConfigureAwait(false);
        string parent = journal.Read().Current;
        RunSets sets = selected.Forget.Count == 0
            ? new RunSets([], [], [], [], [], [], parent)
            : await new SetBuilder(policies).BuildAsync(selected, parent, engine, _recipe, cancellationToken).ConfigureAwait(false);
        if (_evaluation.EarlierIncidents > 0)
        {
            IReadOnlyList<Incident> earlier =
                await selection.EarlierAsync(engine.BaseHash, _evaluation.EarlierIncidents, cancellationToken).ConfigureAwait(false);
            sets = sets with
            {
                Earlier = [.. earlier.Select(incident =>
                    new EvaluationPrompt(incident.Id.ToString("N"), incident.Prompt, PromptKind.Harmful, incident.Hazard, "incidents"))],
            };
        }

        RunSetsFile.Write(folder, sets, protector);
        return sets;
    }

    private AnswerJudge HarmJudges() =>
        !_evaluation.ModelJudge ? new AnswerJudge()
        : judge is not null ? new AnswerJudge(new ChatHarmJudge(judge))
        : throw new InvalidOperationException(
            $"{EvaluationOptions.SectionName}:{nameof(EvaluationOptions.ModelJudge)} is on, but no IChatClient is registered under the key " +
            $"'{ChatHarmJudge.ServiceKey}'. Register one with AddKeyedChatClient, or switch it off.");

    private static string Shape(LoraAdapter adapter)
    {
        string settings = string.Join("; ", adapter.Modules.Values.Select(pair => pair.Settings).Distinct()
            .Select(settings => string.Create(CultureInfo.InvariantCulture, $"rank {settings.Rank}, alpha {settings.Alpha:0.###}")));
        return $"LoRA on {adapter.Modules.Count} linear modules, {settings}";
    }

    private ReleaseManifest Manifest(string runId, string parent, LlamaEngine engine, string setsHash, RunSets sets) => new()
    {
        RunId = runId,
        BaseModel = engine.Name,
        BaseModelHash = engine.BaseHash,
        Parent = parent,
        Verdict = "inconclusive",
        Details = new Dictionary<string, JsonElement>
        {
            ["recipe"] = JsonSerializer.SerializeToElement(_recipe),
            ["evaluation"] = JsonSerializer.SerializeToElement(_evaluation),
            ["setsHash"] = JsonSerializer.SerializeToElement(setsHash),
            ["sets"] = JsonSerializer.SerializeToElement(sets.Sizes()),
            ["policyRevision"] = JsonSerializer.SerializeToElement(policies.Current.Revision),
            ["engineVersion"] = JsonSerializer.SerializeToElement(typeof(LlamaEngine).Assembly.GetName().Version?.ToString()),
            ["torchVersion"] = JsonSerializer.SerializeToElement(TorchSharp.torch.__version__),
            ["device"] = JsonSerializer.SerializeToElement(engine.Model.Device.ToString()),
            ["type"] = JsonSerializer.SerializeToElement(engine.Model.Type.ToString()),
        },
    };
}
