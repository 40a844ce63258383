using System.Text.Json;
using Unlearning.Engine.Inference;
using Unlearning.Host.Gates;
using Unlearning.Host.Releases;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Runs.Stages;

/// <summary>Judges the evaluation and keeps adapter and evidence as a release, whatever the verdict.</summary>
internal sealed class GateStage(LlamaEngine engine, IReadOnlyList<IGate> gates, RunStore runs, ReleaseStore releases, ServiceMetrics metrics)
{
    public async Task<Candidate> RunAsync(
        RunFolder folder,
        RunRecord run,
        RunSets sets,
        Selection selection,
        (Trained Trained, TrainingRecipe Recipe) training,
        Evaluated evaluated,
        Action begin,
        CancellationToken cancellationToken)
    {
        if (folder.Read<Candidate>(RunFolder.Candidate) is { } done && releases.FindManifest(done.ReleaseId) is not null)
        {
            await runs.SaveGatesAsync(run.RunId, done.Verdict, done.Gates, cancellationToken).ConfigureAwait(false);
            return done;
        }

        begin();
        GateDecision decision = GateJudge.Judge(evaluated.Report, gates);
        GateLine[] lines = [.. decision.Gates.Select(gate =>
            new GateLine(gate.Gate, gate.Metric, Word(gate.Verdict), gate.Sentence))];
        string verdict = Word(decision.Verdict);
        await runs.SaveGatesAsync(run.RunId, verdict, lines, cancellationToken).ConfigureAwait(false);
        foreach (GateLine line in lines)
            metrics.GateJudged(line.Gate, line.Verdict);

        RunReport report = new()
        {
            Facts = Facts(run, sets, training.Trained, training.Recipe.Options(), decision),
            Evaluation = evaluated.Report,
            Decision = decision,
            Steps = training.Trained.Steps,
            Checkpoints = training.Trained.Checkpoints,
            ChosenStep = training.Trained.ChosenStep,
        };
        ReleaseManifest manifest = RunManifest.Of(run.RunId, engine, sets, selection, training.Recipe, evaluated.Options, verdict);
        Release release = await releases.SaveAsync(
            manifest,
            async (staging, ct) =>
            {
                foreach (string file in Directory.EnumerateFiles(folder.File(RunFolder.Best)))
                    File.Copy(file, Path.Combine(staging, "adapter", Path.GetFileName(file)));
                report.Save(staging);
                await File.WriteAllTextAsync(Path.Combine(staging, "steps.json"), StepRecord.ToJson(training.Trained.Steps), ct).ConfigureAwait(false);
                await File.WriteAllTextAsync(Path.Combine(staging, "report.json"), evaluated.Report.ToJson(), ct).ConfigureAwait(false);
                await File.WriteAllTextAsync(Path.Combine(staging, "verdicts.json"), JsonSerializer.Serialize(lines), ct).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return folder.Write(RunFolder.Candidate, new Candidate(release.Id, verdict, lines));
    }

    // No time but that at which the run was accepted: a run that was interrupted makes the same release as one that was not.
    private RunFacts Facts(RunRecord run, RunSets sets, Trained trained, RecipeOptions recipe, GateDecision decision) => new()
    {
        RunId = run.RunId,
        StartedAt = run.StartedAt,
        Model = engine.Name,
        ModelHash = engine.BaseHash,
        Adapter = $"{trained.Shape}; step {trained.ChosenStep} of the {trained.Steps.Count} taken, at most {recipe.Steps}, chosen on the validation split",
        Direction = $"{recipe.Direction}, gradients scaled: {recipe.Normalize}, {recipe.Optimizer}",
        Sets = sets.Sizes(),
        Seed = recipe.Seed,
        Outcome = decision.Verdict == Verdict.Pass ? "passed its gates" : "rejected",
    };

#pragma warning disable CA1308 // Verdicts are words in files, lower case everywhere.
    private static string Word(Verdict verdict) => verdict.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
