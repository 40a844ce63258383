using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;
using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Runs;

/// <summary>
/// Builds a run's sets. Only harmful answers that the assistant itself gave are forgotten; the rest comes from the bundled
/// training split, which shares no prompt with the validation and gate splits.
/// </summary>
internal sealed class SetBuilder(IPolicySource policies)
{
    /// <summary>The refusal to teach where no policy has its own.</summary>
    public const string DefaultRefusal = "I'm sorry, but I can't help with that.";

    /// <summary>Look-alikes of the training split that a run trains on; the rest of them helps to choose its checkpoint.</summary>
    public const int LookAlikes = 96;

    /// <summary>The sets of the selected incidents.</summary>
    public async Task<RunSets> BuildAsync(
        SelectedIncidents selected, string parent, LlamaEngine engine, RecipeOptions recipe, CancellationToken cancellationToken)
    {
        // By content: fingerprints are keyed and ids are times, so their orders would differ between two services with the same incidents.
        Incident[] harmful = [.. selected.Forget.Concat(selected.Replay)
            .OrderBy(incident => incident.Prompt, StringComparer.Ordinal).ThenBy(incident => incident.Answer, StringComparer.Ordinal)];
        IReadOnlyList<ReferenceAnswer> lookAlikes = await AnswerLookAlikesAsync(engine, recipe.AnswerTokens, cancellationToken).ConfigureAwait(false);
        return Build(
            [.. harmful.Select(incident => new HarmfulExample(incident.Id.ToString("N"), incident.Prompt, incident.Answer, Refusal(incident)))],
            lookAlikes,
            engine,
            recipe) with
        {
            Incidents = [.. harmful.Select(incident => incident.Id)],
            Parent = parent,
        };
    }

    /// <summary>The base's own answers to harmless look-alikes: what pushes refusals must not reach them.</summary>
    public static async Task<IReadOnlyList<ReferenceAnswer>> AnswerLookAlikesAsync(
        LlamaEngine engine, int answerTokens, CancellationToken cancellationToken)
    {
        string[] prompts = [.. BundledPrompts.Load(PromptSplit.Train, PromptKind.LookAlike).Take(LookAlikes).Select(prompt => prompt.Text)];
        IReadOnlyList<string> answers = await engine.AnswerAsync(
            prompts, adapter: null, new GenerationSettings { MaximumTokens = answerTokens }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return [.. prompts.Zip(answers, (prompt, answer) => new ReferenceAnswer(prompt, answer, Ends: false))];
    }

    /// <summary>The sets for given harmful answers, in their order: the same for a run and for an experiment.</summary>
    /// <param name="harmful">Harmful prompts with the answers to forget and the refusals to give instead.</param>
    /// <param name="lookAlikes">What <see cref="AnswerLookAlikesAsync"/> gave.</param>
    /// <param name="engine">Gives the template and the tokenizer; nothing is computed.</param>
    /// <param name="recipe">Where sequences and answers are cut.</param>
    public static RunSets Build(
        IReadOnlyList<HarmfulExample> harmful, IReadOnlyList<ReferenceAnswer> lookAlikes, LlamaEngine engine, RecipeOptions recipe)
    {
        EvaluationPrompt[] ordinary = [.. BundledPrompts.Load(PromptSplit.Train, PromptKind.Ordinary)];
        string[] lookAlikeIds = [.. BundledPrompts.Load(PromptSplit.Train, PromptKind.LookAlike).Take(lookAlikes.Count).Select(prompt => prompt.Id)];
        (string, string, string)[] ordinaryPairs = [.. ordinary.Select(prompt => (prompt.Id, prompt.Text, prompt.Answer ?? ""))];
        (string, string, string)[] lookAlikePairs = [.. lookAlikeIds.Zip(lookAlikes, (id, answer) => (id, answer.Prompt, answer.Answer))];

        // KL and CE see different ordinary prompts, so that the one does not merely repeat the other. Both see every look-alike: over-refusal
        // falls with the number of different ones, and each is seen about once.
        AnswerExample[] forget = Examples("forget", harmful.Select(example => (example.Id, example.Prompt, example.Answer)));
        HashSet<string> trained = [.. forget.Select(example => example.Id)];
        return new RunSets(
            forget,
            Examples("normal", [.. Half(ordinaryPairs, 0), .. lookAlikePairs]),
            Examples("retain", Half(ordinaryPairs, 1)),
            Examples("look_alike", lookAlikePairs),
            Examples("refuse", harmful.Select(example => ($"refusal {example.Id}", example.Prompt, example.Refusal))),
            [],
            Release.BaseId)
        {
            Forgotten =
            [
                // A captured answer may have been cut: whether the turn ends there says nothing.
                .. harmful.Where(example => trained.Contains(example.Id))
                    .Select(example => new ReferenceAnswer(example.Prompt, example.Answer, Ends: false)),
            ],
        };

        static IEnumerable<T> Half<T>(T[] pairs, int which) => pairs.Where((_, i) => i % 2 == which);

        AnswerExample[] Examples(string objective, IEnumerable<(string Id, string Prompt, string Answer)> pairs)
        {
            int? answerTokens = recipe.Objectives.TryGetValue(objective, out ObjectiveOptions? own) ? own.AnswerTokens : null;
            return [.. pairs.Where(pair => pair.Answer.Length > 0)
                .Select(pair => Example(pair.Id, pair.Prompt, pair.Answer, answerTokens ?? recipe.MaximumTokens)).OfType<AnswerExample>()];
        }

        // A prompt that alone fills the sequence has no answer left to learn from.
        AnswerExample? Example(string id, string prompt, string answer, int answerTokens)
        {
            int start = engine.Template.Encode([new ChatTurn("user", prompt)], addGenerationPrompt: true, engine.Tokenizer).Length;
            return start < recipe.MaximumTokens - 8
                ? AnswerExample.Create(id, prompt, answer, engine.Template, engine.Tokenizer, Math.Min(recipe.MaximumTokens, start + answerTokens))
                : null;
        }
    }

    private string Refusal(Incident incident)
    {
        string? text = policies.Current.Judge(incident.Prompt, incident.Answer)
            .FirstOrDefault(match => match.Policy == incident.Policy)?.RefusalText;
        return string.IsNullOrWhiteSpace(text) ? DefaultRefusal : text;
    }
}
