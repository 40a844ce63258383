using System.Text.Json;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Gates;
using Unlearning.Host.Privacy;
using Unlearning.Host.Runs.Assessment;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Runs.Stages;

/// <summary>Asks baseline and candidate the gate's prompts, or finds them asked. One that was interrupted does not ask the baseline again.</summary>
internal sealed class EvaluateStage(
    LlamaEngine engine, EvaluationOptions options, RecipeOptions recipe, AnswerJudge judge, IReadOnlyList<IGate> gates, TextProtector protector)
{
    /// <summary>Evaluates.</summary>
    /// <returns>The numbers; and the texts behind them where this call measured, which are in memory only.</returns>
    public async Task<(Evaluated Evaluated, EvaluationOutcome? Outcome)> RunAsync(
        RunFolder folder, RunSets sets, Action<RunProgress> report, CancellationToken cancellationToken)
    {
        if (folder.Read<Evaluated>(RunFolder.Evaluation) is { } done)
        {
            KeptBaseline.Delete(folder);
            return (done, null);
        }

        EvaluationSuite suite = ModelAssessor.Suite(options, BundledPrompts.Load(PromptSplit.Gate), sets.Forgotten, recipe.Seed, sets.Earlier);
        int total = 2 * suite.Prompts.Count(prompt => prompt.Kind != PromptKind.Ordinary), before = 0;
        report(new RunProgress { Stage = RunStage.Evaluate, TotalSteps = total });
        ModelAssessor assessor = new(engine, options, judge, recipe.AnswerTokens, answered =>
            report(new RunProgress { Stage = RunStage.Evaluate, Step = before + answered, TotalSteps = total }))
        {
            Recipe = recipe,
            Folder = folder.File("requantised"),
        };
        KeptBaseline kept = new(folder, protector, engine, options, recipe, judge);
        using LoraAdapter candidate = await engine.RunAsync(
            _ => PeftAdapter.Load(folder.File(RunFolder.Best), engine.Model.Type, engine.Model.Device), cancellationToken).ConfigureAwait(false);

        // The gates take part: they decide whether the prompts that are held back are asked, too.
        (EvaluationOutcome outcome, _) = await new GatedEvaluation(gates, options.ExtensionPrompts).RunAsync(
            suite,
            async (isCandidate, part, baseline, ct) =>
            {
                Task<ModelAssessment> AssessAsync() => assessor.AssessAsync(isCandidate ? candidate : null, part, baseline, ct);
                ModelAssessment assessed = await (isCandidate ? AssessAsync() : kept.GetAsync(part, AssessAsync)).ConfigureAwait(false);
                before += part.Prompts.Count(prompt => prompt.Kind != PromptKind.Ordinary);
                return assessed;
            },
            cancellationToken).ConfigureAwait(false);
        Evaluated evaluated = folder.Write(RunFolder.Evaluation, new Evaluated(JsonSerializer.SerializeToElement(options), outcome.Report));
        KeptBaseline.Delete(folder);
        return (evaluated, outcome);
    }
}
