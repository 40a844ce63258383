using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;
using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Incidents;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Runs;

/// <summary>
/// Builds a run's sets. Only harmful answers that the assistant itself gave are forgotten; the rest comes from the bundled
/// training split, which shares no prompt with the validation and gate splits.
/// </summary>
internal sealed class SetBuilder(IPolicySource policies)
{
    private const string DefaultRefusal = "I'm sorry, but I can't help with that.";

    /// <summary>Look-alikes of the training split that a run trains on; the rest of them helps to choose its checkpoint.</summary>
    public const int LookAlikes = 96;

    public async Task<RunSets> BuildAsync(
        SelectedIncidents selected, string parent, LlamaEngine engine, RecipeOptions recipe, CancellationToken cancellationToken)
    {
        // By content: fingerprints are keyed and ids are times, so their orders would differ between two services with the same incidents.
        Incident[] harmful = [.. selected.Forget.Concat(selected.Replay)
            .OrderBy(incident => incident.Prompt, StringComparer.Ordinal).ThenBy(incident => incident.Answer, StringComparer.Ordinal)];
        EvaluationPrompt[] ordinary = [.. BundledPrompts.Load(PromptSplit.Train, PromptKind.Ordinary)];
        EvaluationPrompt[] lookAlikes = [.. BundledPrompts.Load(PromptSplit.Train, PromptKind.LookAlike).Take(LookAlikes)];

        // The base's own answers to harmless look-alikes: what pushes refusals must not reach them.
        IReadOnlyList<string> answers = await engine.AnswerAsync(
            [.. lookAlikes.Select(prompt => prompt.Text)],
            adapter: null,
            new GenerationSettings { MaximumTokens = recipe.AnswerTokens },
            cancellationToken: cancellationToken).ConfigureAwait(false);

        (string, string, string)[] ordinaryPairs = [.. ordinary.Select(prompt => (prompt.Id, prompt.Text, prompt.Answer ?? ""))];
        (string, string, string)[] lookAlikePairs = [.. lookAlikes.Zip(answers, (prompt, answer) => (prompt.Id, prompt.Text, answer))];

        // KL and CE see different ordinary prompts, so that the one does not merely repeat the other. Both see every look-alike: over-refusal
        // falls with the number of different ones, and each is seen about once.
        AnswerExample[] forget = Examples("forget", harmful.Select(incident => (incident.Id.ToString("N"), incident.Prompt, incident.Answer)));
        HashSet<string> trained = [.. forget.Select(example => example.Id)];
        return new RunSets(
            forget,
            Examples("normal", [.. Half(ordinaryPairs, 0), .. lookAlikePairs]),
            Examples("retain", Half(ordinaryPairs, 1)),
            Examples("look_alike", lookAlikePairs),
            Examples("refuse", harmful.Select(incident => ($"refusal {incident.Id:N}", incident.Prompt, Refusal(incident)))),
            [.. harmful.Select(incident => incident.Id)],
            parent)
        {
            Forgotten =
            [
                // A captured answer may have been cut: whether the turn ends there says nothing.
                .. harmful.Where(incident => trained.Contains(incident.Id.ToString("N")))
                    .Select(incident => new ReferenceAnswer(incident.Prompt, incident.Answer, Ends: false)),
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
