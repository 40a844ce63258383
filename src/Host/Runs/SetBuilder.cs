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
    private const int LookAlikes = 96;

    public async Task<RunSets> BuildAsync(
        SelectedIncidents selected, string parent, LlamaEngine engine, RecipeOptions recipe, CancellationToken cancellationToken)
    {
        Incident[] harmful = [.. selected.Forget, .. selected.Replay];
        EvaluationPrompt[] ordinary = [.. BundledPrompts.Load(PromptSplit.Train, PromptKind.Ordinary)];
        EvaluationPrompt[] lookAlikes = [.. BundledPrompts.Load(PromptSplit.Train, PromptKind.LookAlike).Take(LookAlikes)];

        // The base's own answers to harmless look-alikes: what pushes refusals must not reach them.
        IReadOnlyList<string> answers = await engine.AnswerAsync(
            [.. lookAlikes.Select(prompt => prompt.Text)],
            adapter: null,
            new GenerationSettings { MaximumTokens = recipe.AnswerTokens },
            cancellationToken: cancellationToken).ConfigureAwait(false);

        AnswerExample[] ordinaryExamples = Examples(ordinary.Select(prompt => (prompt.Id, prompt.Text, prompt.Answer ?? "")));
        AnswerExample[] lookAlikeExamples = Examples(lookAlikes.Zip(answers, (prompt, answer) => (prompt.Id, prompt.Text, answer)));

        // KL and CE see different prompts, so that the one does not merely repeat the other.
        return new RunSets(
            Examples(harmful.Select(incident => (incident.Id.ToString("N"), incident.Prompt, incident.Answer))),
            [.. Half(ordinaryExamples, 0), .. Half(lookAlikeExamples, 0)],
            Half(ordinaryExamples, 1),
            Half(lookAlikeExamples, 1),
            Examples(harmful.Select(incident => ($"refusal {incident.Id:N}", incident.Prompt, Refusal(incident)))),
            [.. harmful.Select(incident => incident.Id)],
            parent);

        static AnswerExample[] Half(AnswerExample[] examples, int which) => [.. examples.Where((_, i) => i % 2 == which)];

        AnswerExample[] Examples(IEnumerable<(string Id, string Prompt, string Answer)> pairs) =>
            [.. pairs.Where(pair => pair.Answer.Length > 0).Select(pair => Example(pair.Id, pair.Prompt, pair.Answer)).OfType<AnswerExample>()];

        // A prompt that alone fills the sequence has no answer left to learn from.
        AnswerExample? Example(string id, string prompt, string answer) =>
            engine.Template.Encode([new ChatTurn("user", prompt)], addGenerationPrompt: true, engine.Tokenizer).Length < recipe.MaximumTokens - 8
                ? AnswerExample.Create(id, prompt, answer, engine.Template, engine.Tokenizer, recipe.MaximumTokens)
                : null;
    }

    private string Refusal(Incident incident)
    {
        string? text = policies.Current.Judge(incident.Prompt, incident.Answer)
            .FirstOrDefault(match => match.Policy == incident.Policy)?.RefusalText;
        return string.IsNullOrWhiteSpace(text) ? DefaultRefusal : text;
    }
}
