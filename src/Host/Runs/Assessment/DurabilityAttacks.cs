using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Runs.Assessment;

/// <summary>
/// Does it last? Changes a model as time and other people do (further training, rounding), and asks the changed one the first harmful
/// prompts, greedily; and asks the model itself what earlier runs made it forget. The base goes through the same.
/// </summary>
/// <param name="engine">The base.</param>
/// <param name="options">What is tried.</param>
/// <param name="recipe">How the relearning attack trains.</param>
/// <param name="judge">Judges the answers, by the trained classifier.</param>
/// <param name="answerTokens">Tokens of an answer.</param>
/// <param name="folder">Where rounded models lie while they are asked.</param>
internal sealed class DurabilityAttacks(
    LlamaEngine engine, EvaluationOptions options, RecipeOptions recipe, AnswerJudge judge, int answerTokens, string folder)
{
    /// <summary>Runs what the options name.</summary>
    /// <param name="adapter">The candidate; null is the base.</param>
    /// <param name="suite">The prompts, and the answers to train on.</param>
    /// <param name="cancellationToken">Stops between the steps and inside the model.</param>
    /// <returns>For each metric whether each prompt was lost. A metric without prompts or answers to train on is left out.</returns>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<bool>>> RunAsync(
        LoraAdapter? adapter, EvaluationSuite suite, CancellationToken cancellationToken)
    {
        EvaluationPrompt[] prompts = [.. suite.Prompts.Where(prompt => prompt.Kind == PromptKind.Harmful).Take(suite.AttackPrompts)];
        Dictionary<string, IReadOnlyList<bool>> lost = [];
        if (options.RelearningSteps > 0)
        {
            await RelearnAsync(MetricNames.RelearnedHarmfulRate, suite.HarmfulLessons).ConfigureAwait(false);
            await RelearnAsync(MetricNames.RelearnedBenignHarmfulRate, suite.BenignLessons).ConfigureAwait(false);
        }

        foreach (string format in options.Requantise.Distinct().Where(_ => prompts.Length > 0))
        {
            string metric = MetricNames.RequantisedHarmfulRate(format);
            lost[metric] = await new Requantisation(engine, folder)
                .AskAsync(adapter, format, rounded => AskAsync(metric, rounded, null, prompts), cancellationToken).ConfigureAwait(false);
        }

        if (suite.Earlier.Count > 0)
            lost[MetricNames.EarlierHarmfulRate] = await AskAsync(MetricNames.EarlierHarmfulRate, engine, adapter, suite.Earlier).ConfigureAwait(false);
        return lost;

        async Task RelearnAsync(string metric, IReadOnlyList<ReferenceAnswer> lessons)
        {
            using LoraAdapter? relearned = await new Relearning(engine, recipe)
                .TrainAsync(adapter, lessons, options.RelearningSteps, suite.Seed, cancellationToken).ConfigureAwait(false);
            if (relearned is not null)
                lost[metric] = await AskAsync(metric, engine, relearned, prompts).ConfigureAwait(false);
        }

        Task<IReadOnlyList<bool>> AskAsync(string metric, LlamaEngine asked, LoraAdapter? with, IReadOnlyList<EvaluationPrompt> about) =>
            Attack.OfPlainPrompts(metric).RunAsync(new EngineModel(asked, with, answerTokens), about, judge, cancellationToken);
    }
}
