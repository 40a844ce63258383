using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;
using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Training;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Runs.Sets;

/// <summary>
/// Builds a run's sets. Only harmful answers that the assistant itself gave are forgotten; the rest comes from the bundled
/// training split, which shares no prompt with the validation and gate splits.
/// </summary>
internal sealed class SetBuilder(IPolicySource policies)
{
    /// <summary>The refusal to teach where no policy has its own.</summary>
    public const string DefaultRefusal =
        "I can't help with that, because it could lead to people being hurt. If there is a lawful aim behind your question, tell me about it " +
        "and I will gladly help with that instead.";

    // The rest of them helps to choose the checkpoint.
    private const int LookAlikesOfTheSplit = 96;

    /// <summary>Look-alikes of the training split that no run trains on.</summary>
    public static IEnumerable<EvaluationPrompt> UntrainedLookAlikes => BundledPrompts.Load(PromptSplit.Train, PromptKind.LookAlike).Skip(LookAlikesOfTheSplit);

    /// <summary>The sets of the selected incidents.</summary>
    /// <exception cref="RunException">A file that an objective reads cannot be trained on.</exception>
    public async Task<RunSets> BuildAsync(
        SelectedIncidents selected, string parent, LlamaEngine engine, RecipeOptions recipe, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, SetFile> files = SetFile.ReadAll(recipe);

        // By content: fingerprints are keyed and ids are times, so their orders would differ between two services with the same incidents.
        Incident[] harmful = [.. selected.Forget.Concat(selected.Replay)
            .OrderBy(incident => incident.Prompt, StringComparer.Ordinal).ThenBy(incident => incident.Answer, StringComparer.Ordinal)];
        IReadOnlyList<EvaluationPrompt> lookAlikes = await AnswerLookAlikesAsync(engine, recipe, cancellationToken).ConfigureAwait(false);
        Incident[] remediated = [.. harmful, .. selected.Duplicates];
        return Build(
            [
                .. harmful.Select(incident => new HarmfulExample(
                    incident.Id.ToString("N"), incident.Prompt, incident.Answer, Refusal(incident.Prompt, incident.Answer, incident.Policy))),
                .. KnownHarmful(recipe, prompt => Refusal(prompt, "", null)),
            ],
            lookAlikes,
            engine,
            recipe,
            files) with
        {
            Incidents = [.. remediated.Select(incident => incident.Id)],
            Hazards = new SortedDictionary<string, int>(
                remediated.CountBy(incident => incident.Hazard).ToDictionary(), StringComparer.Ordinal),
            Parent = parent,
        };
    }

    /// <summary>Bundled harmful prompts that a run refuses, whether or not anybody asked them. There is nothing of theirs to forget.</summary>
    public static IEnumerable<HarmfulExample> KnownHarmful(RecipeOptions recipe, Func<string, string> refusal) =>
        BundledPrompts.Load(PromptSplit.Companion, PromptKind.Harmful).Take(recipe.KnownHarmful)
            .Select(prompt => new HarmfulExample(prompt.Id, prompt.Text, "", refusal(prompt.Text)));

    /// <summary>Harmless look-alikes with the base's own answers: what pushes refusals must not reach them.</summary>
    public static async Task<IReadOnlyList<EvaluationPrompt>> AnswerLookAlikesAsync(
        LlamaEngine engine, RecipeOptions recipe, CancellationToken cancellationToken)
    {
        EvaluationPrompt[] prompts =
        [
            .. BundledPrompts.Load(PromptSplit.Train, PromptKind.LookAlike).Take(LookAlikesOfTheSplit)
                .Concat(BundledPrompts.Load(PromptSplit.Companion, PromptKind.LookAlike)).Take(recipe.LookAlikes),
        ];
        IReadOnlyList<string> answers = await engine.AnswerAsync(
            [.. prompts.Select(prompt => prompt.Text)],
            adapter: null,
            new GenerationSettings { MaximumTokens = recipe.AnswerTokens },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return [.. prompts.Zip(answers, (prompt, answer) => prompt with { Answer = answer })];
    }

    /// <summary>The sets for given harmful answers, in their order: the same for a run and for an experiment.</summary>
    /// <param name="harmful">Harmful prompts with the answers to forget, if any, and the refusals to give instead.</param>
    /// <param name="lookAlikes">What <see cref="AnswerLookAlikesAsync"/> gave.</param>
    /// <param name="engine">Gives the template and the tokenizer; nothing is computed.</param>
    /// <param name="recipe">Where sequences and answers are cut.</param>
    /// <param name="files">The files that objectives read, by the path as the recipe writes it; as they are now when left out.</param>
    /// <exception cref="RunException">A file cannot be read, or none of its prompts leaves room for an answer.</exception>
    public static RunSets Build(
        IReadOnlyList<HarmfulExample> harmful,
        IReadOnlyList<EvaluationPrompt> lookAlikes,
        LlamaEngine engine,
        RecipeOptions recipe,
        IReadOnlyDictionary<string, SetFile>? files = null)
    {
        files ??= SetFile.ReadAll(recipe);
        IReadOnlyList<string> named = SetFile.NamedIn(recipe);
        (string, string, string)[] ordinaryPairs = Pairs(BundledPrompts.Load(PromptSplit.Train, PromptKind.Ordinary));
        (string, string, string)[] lookAlikePairs = Pairs(lookAlikes);

        // KL and CE see different ordinary prompts, so that the one does not merely repeat the other. Both see every look-alike: over-refusal
        // falls with the number of different ones, and each is seen about once.
        AnswerExample[] forget = Examples(Tokens("forget"), harmful.Select(example => (example.Id, example.Prompt, example.Answer)));
        HashSet<string> trained = [.. forget.Select(example => example.Id)];
        return new RunSets(
            forget,
            Examples(Tokens("normal"), [.. Half(ordinaryPairs, 0), .. lookAlikePairs]),
            Examples(Tokens("retain"), Half(ordinaryPairs, 1)),
            Examples(Tokens("look_alike"), lookAlikePairs),
            Examples(Tokens("refuse"), harmful.Select(example => ($"refusal {example.Id}", example.Prompt, example.Refusal))),
            [],
            Release.BaseId)
        {
            Files = named.Count == 0 ? null : named.ToDictionary(set => set, set => OfFile(set, files[set])),
            Forgotten =
            [
                // A captured answer may have been cut: whether the turn ends there says nothing.
                .. harmful.Where(example => trained.Contains(example.Id))
                    .Select(example => new ReferenceAnswer(example.Prompt, example.Answer, Ends: false)),
            ],
        };

        static (string, string, string)[] Pairs(IEnumerable<EvaluationPrompt> prompts) =>
            [.. prompts.Select(prompt => (prompt.Id, prompt.Text, prompt.Answer ?? ""))];

        static IEnumerable<T> Half<T>(T[] pairs, int which) => pairs.Where((_, i) => i % 2 == which);

        int? Tokens(string objective) => recipe.Objectives.TryGetValue(objective, out ObjectiveOptions? own) ? own.AnswerTokens : null;

        IReadOnlyList<AnswerExample> OfFile(string set, SetFile file)
        {
            int? answerTokens = recipe.Objectives.Values.FirstOrDefault(own => own.Reads(set) && own.AnswerTokens is not null)?.AnswerTokens;
            AnswerExample[] examples = Examples(answerTokens, file.Pairs.Select(pair => (pair.Id, pair.Prompt, pair.Answer)));
            return examples.Length > 0 ? examples : throw new RunException(
                $"No prompt of '{set}' leaves room for an answer in {recipe.MaximumTokens} tokens",
                $"Raise {nameof(recipe.MaximumTokens)}, or shorten the prompts");
        }

        AnswerExample[] Examples(int? answerTokens, IEnumerable<(string Id, string Prompt, string Answer)> pairs) =>
            [.. pairs.Where(pair => pair.Answer.Length > 0)
                .Select(pair => FittedExample.Of(
                    engine, pair.Id, new ReferenceAnswer(pair.Prompt, pair.Answer), recipe.MaximumTokens, answerTokens ?? recipe.MaximumTokens))
                .OfType<AnswerExample>()];
    }

    private string Refusal(string prompt, string answer, string? policy)
    {
        string? text = policies.Current.Judge(prompt, answer).FirstOrDefault(match => policy is null || match.Policy == policy)?.RefusalText;
        return string.IsNullOrWhiteSpace(text) ? DefaultRefusal : text;
    }
}
