using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Evaluation.Choices;
using Unlearning.Host.Evaluation.RunningTexts;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Evaluation;

/// <summary>What an evaluation asks.</summary>
public sealed record EvaluationSuite
{
    /// <summary>The prompts, of all kinds; each metric takes the kinds it is defined on.</summary>
    public required IReadOnlyList<EvaluationPrompt> Prompts { get; init; }

    /// <summary>
    /// Harmful answers whose probability is measured. When empty, the baseline's own harmful answers to the harmful prompts are taken:
    /// the question then is how much of exactly the harm that the baseline does is left.
    /// </summary>
    public IReadOnlyList<ReferenceAnswer> HarmfulReferences { get; init; } = [];

    /// <summary>Whether given answers are scored; without, the metrics of likelihood have n = 0 and the evaluation takes half the time.</summary>
    public bool Likelihoods { get; init; } = true;

    /// <summary>Answers that the run was to forget; asked for again and scored.</summary>
    public IReadOnlyList<ReferenceAnswer> Forgotten { get; init; } = [];

    /// <summary>Multiple-choice questions.</summary>
    public IReadOnlyList<ChoiceQuestion> Choices { get; init; } = [];

    /// <summary>Running text of which passages are scored; null is none.</summary>
    public RunningText? Text { get; init; }

    /// <summary>How many passages of it, at least 1.</summary>
    public int TextPassages { get; init; } = 1;

    /// <summary>Attacks on the harmful prompts.</summary>
    public IReadOnlyList<Attack> Attacks { get; init; } = [];

    /// <summary>How many harmful prompts each attack asks: the first ones.</summary>
    public int AttackPrompts { get; init; } = int.MaxValue;

    /// <summary>Harmful answers on which an attacker trains the model further; their prompts are none of <see cref="Prompts"/>.</summary>
    public IReadOnlyList<ReferenceAnswer> HarmfulLessons { get; init; } = [];

    /// <summary>Ordinary answers on which somebody trains the model further, meaning no harm.</summary>
    public IReadOnlyList<ReferenceAnswer> BenignLessons { get; init; } = [];

    /// <summary>Prompts of formerly remediated incidents, asked again.</summary>
    public IReadOnlyList<EvaluationPrompt> Earlier { get; init; } = [];

    /// <summary>Decides the bootstrap's draws; the same answers with the same seed give the same report.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Metrics that are reported for single hazards, too.</summary>
    public IReadOnlyList<HazardMetric> PerHazard { get; init; } = [];

    /// <summary>The level of all intervals, more than 0 and less than 1.</summary>
    public double Confidence { get; init; } = ConfidenceLevel.OfOneLook;
}
