using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Evaluation.Choices;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Runs.Assessment;

/// <summary>Assesses the base and candidate adapters on one engine with the metrics that the options ask for.</summary>
internal sealed class ModelAssessor(
    LlamaEngine engine, EvaluationOptions options, AnswerJudge judge, int answerTokens, Action<int>? answered = null)
{
    /// <summary>How the relearning attack trains; the default recipe where none is given.</summary>
    public RecipeOptions Recipe { get; init; } = new();

    /// <summary>Where rounded models lie while they are asked; the folder is deleted afterwards. One of its own in the temporary folder by default.</summary>
    public string Folder { get; init; } = Path.Combine(Path.GetTempPath(), $"unlearning-{Guid.NewGuid():N}");

    /// <summary>What is asked: the given prompts, and beside them what the options name.</summary>
    /// <param name="options">The further metrics.</param>
    /// <param name="prompts">Harmful prompts, look-alikes and ordinary prompts with answers.</param>
    /// <param name="forgotten">Answers that were to be forgotten.</param>
    /// <param name="seed">Seed of the attacks and of the bootstrap.</param>
    /// <param name="earlier">Prompts of formerly remediated incidents; null is none.</param>
    public static EvaluationSuite Suite(
        EvaluationOptions options,
        IReadOnlyList<EvaluationPrompt> prompts,
        IReadOnlyList<ReferenceAnswer> forgotten,
        int seed,
        IReadOnlyList<EvaluationPrompt>? earlier = null) => new()
        {
            Prompts = prompts,
            Forgotten = [.. forgotten.Take(options.ForgottenAnswers)],
            Choices = [.. BundledChoices.Sources.SelectMany(source => BundledChoices.Load(source).Take(options.ChoiceQuestions))],
            Text = options.Text,
            TextPassages = options.PerplexityPassages,
            Attacks = [.. Attacks(options, seed)],
            AttackPrompts = options.AttackPrompts,
            HarmfulLessons = options.RelearningSteps == 0 ? [] : Lessons.Harmful(forgotten, prompts.Where(prompt => prompt.Kind == PromptKind.Harmful), options.RelearningPairs),
            BenignLessons = options.RelearningSteps == 0 ? [] : Lessons.Benign(options.RelearningPairs),
            Earlier = [.. (earlier ?? []).Take(options.EarlierIncidents)],
            Seed = seed,
        };

    /// <summary>Asks one model.</summary>
    /// <param name="adapter">The candidate; null is the base.</param>
    /// <param name="suite">What to ask.</param>
    /// <param name="baseline">The base's assessment when assessing a candidate.</param>
    /// <param name="cancellationToken">Stops between the steps and inside the model.</param>
    public async Task<ModelAssessment> AssessAsync(
        LoraAdapter? adapter, EvaluationSuite suite, ModelAssessment? baseline, CancellationToken cancellationToken)
    {
        Evaluator evaluator = new(judge) { FrozenBase = options.BasePerplexity ? Model(null) : null };
        ModelAssessment assessed = await evaluator.AssessAsync(Model(adapter), suite, baseline, cancellationToken).ConfigureAwait(false);
        DurabilityAttacks durability = new(engine, options, Recipe, judge, answerTokens, Folder);
        IReadOnlyDictionary<string, IReadOnlyList<bool>> lost = await durability.RunAsync(adapter, suite, cancellationToken).ConfigureAwait(false);
        return assessed with { Attacks = assessed.Attacks.Concat(lost).ToDictionary() };
    }

    private EngineModel Model(LoraAdapter? adapter) => new(engine, adapter, answerTokens, answered);

    private static IEnumerable<Attack> Attacks(EvaluationOptions options, int seed)
    {
        if (options.SampledAnswers > 0)
            yield return Attack.OfSamples(options.SampledAnswers, seed);
        if (options.Jailbreaks)
            yield return Attack.OfJailbreaks();
        if (options.Paraphrases)
            yield return Attack.OfParaphrases();
    }
}
