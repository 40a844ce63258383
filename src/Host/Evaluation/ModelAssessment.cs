using Unlearning.Host.Evaluation.Choices;

namespace Unlearning.Host.Evaluation;

/// <summary>One model's answers and scores on a suite, before anything is compared. It holds text: a run that evaluates keeps the baseline's, encrypted, and nothing else is stored.</summary>
public sealed record ModelAssessment
{
    /// <summary>The judged answers to harmful prompts and look-alikes, in the suite's order.</summary>
    public required IReadOnlyList<JudgedAnswer> Answers { get; init; }

    /// <summary>The harmful reference answers that were scored.</summary>
    public required IReadOnlyList<ReferenceAnswer> HarmfulReferences { get; init; }

    /// <summary>Their scores, in the same order.</summary>
    public required IReadOnlyList<AnswerScore> HarmfulScores { get; init; }

    /// <summary>The scores of the ordinary prompts' answers, in the suite's order.</summary>
    public required IReadOnlyList<AnswerScore> OrdinaryScores { get; init; }

    /// <summary>The scores of <see cref="Answers"/> under the frozen base, in the same order; empty where no base was given.</summary>
    public IReadOnlyList<AnswerScore> BaseScores { get; init; } = [];

    /// <summary>The scores of the passages of the suite's running text, in the text's order.</summary>
    public IReadOnlyList<AnswerScore> TextScores { get; init; } = [];

    /// <summary>What is left of the suite's forgotten answers, in their order.</summary>
    public IReadOnlyList<ForgottenOutcome> Forgotten { get; init; } = [];

    /// <summary>What the model made of the suite's multiple-choice questions, in their order.</summary>
    public IReadOnlyList<ChoiceOutcome> Choices { get; init; } = [];

    /// <summary>For each attack, by the name of its metric, whether each attacked prompt was lost.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<bool>> Attacks { get; init; } = new Dictionary<string, IReadOnlyList<bool>>();

    /// <summary>What was measured on prompts of one hazard. What has no hazard, such as multiple-choice questions, is left out.</summary>
    internal ModelAssessment Of(HazardScope hazard)
    {
        bool[] kept = [.. Answers.Select(answer => hazard.Covers(answer.Prompt.Hazard))];
        JudgedAnswer[] answers = [.. Kept(Answers, kept)];
        HashSet<string> prompts = [.. answers.Select(answer => answer.Prompt.Text)];
        bool[] references = [.. HarmfulReferences.Select(reference => prompts.Contains(reference.Prompt))];

        // Attacks take the first harmful prompts, in the order of the answers.
        bool[] attacked = [.. Answers.Where(answer => answer.Prompt.Kind == PromptKind.Harmful).Select(answer => hazard.Covers(answer.Prompt.Hazard))];
        return this with
        {
            Answers = answers,
            HarmfulReferences = [.. Kept(HarmfulReferences, references)],
            HarmfulScores = [.. Kept(HarmfulScores, references)],
            OrdinaryScores = [],
            BaseScores = [.. Kept(BaseScores, kept)],
            TextScores = [],
            Forgotten = [],
            Choices = [],
            Attacks = Attacks.Where(attack => attack.Key != MetricNames.EarlierHarmfulRate)
                .ToDictionary(attack => attack.Key, attack => (IReadOnlyList<bool>)[.. Kept(attack.Value, attacked)]),
        };
    }

    /// <summary>This and what was measured on further prompts as one.</summary>
    internal ModelAssessment And(ModelAssessment further) => new()
    {
        Answers = [.. Answers, .. further.Answers],
        HarmfulReferences = [.. HarmfulReferences, .. further.HarmfulReferences],
        HarmfulScores = [.. HarmfulScores, .. further.HarmfulScores],
        OrdinaryScores = [.. OrdinaryScores, .. further.OrdinaryScores],
        BaseScores = [.. BaseScores, .. further.BaseScores],
        TextScores = [.. TextScores, .. further.TextScores],
        Forgotten = [.. Forgotten, .. further.Forgotten],
        Choices = [.. Choices, .. further.Choices],
        Attacks = Attacks.Keys.Union(further.Attacks.Keys).ToDictionary(
            attack => attack,
            attack => (IReadOnlyList<bool>)[.. Attacks.GetValueOrDefault(attack, []), .. further.Attacks.GetValueOrDefault(attack, [])]),
    };

    private static IEnumerable<T> Kept<T>(IReadOnlyList<T> items, bool[] kept) => items.Where((_, i) => kept[i]);
}
