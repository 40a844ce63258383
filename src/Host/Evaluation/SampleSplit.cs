namespace Unlearning.Host.Evaluation;

/// <summary>A suite in two parts: what is asked first, and what is held back for one extension of the sample.</summary>
/// <param name="First">The prompts of the first look, with everything else that the suite asks.</param>
/// <param name="Rest">The prompts that are held back, alone: sets of their own are not asked twice, and attacks take only what they lacked.</param>
internal sealed record SampleSplit(EvaluationSuite First, EvaluationSuite Rest)
{
    /// <summary>Both parts, in the order in which they were asked.</summary>
    public EvaluationSuite Whole => First with { Prompts = [.. First.Prompts, .. Rest.Prompts] };

    /// <summary>Holds prompts back, of every kind and hazard in proportion, always the same ones.</summary>
    /// <param name="suite">What is to be asked. Its harmful references must be the baseline's own answers, which belong to prompts.</param>
    /// <param name="heldBack">How many prompts, from 0 to all of them.</param>
    /// <exception cref="ArgumentException">The suite brings references that belong to neither part.</exception>
    public static SampleSplit Of(EvaluationSuite suite, int heldBack)
    {
        int count = suite.Prompts.Count;
        ArgumentOutOfRangeException.ThrowIfNegative(heldBack);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(heldBack, count);
        if (heldBack > 0 && suite.HarmfulReferences.Count > 0)
        {
            throw new ArgumentException("A suite with harmful references of its own cannot be asked in two parts. Hold nothing back.", nameof(suite));
        }

        // Every (count / heldBack)-th prompt of the strata laid end to end: each stratum gives its share, to within one prompt.
        EvaluationPrompt[] strata = [.. suite.Prompts.OrderBy(prompt => prompt.Kind).ThenBy(prompt => prompt.Hazard, StringComparer.Ordinal)];
        HashSet<string> rest = [.. strata.Where((_, i) => (long)(i + 1) * heldBack / count > (long)i * heldBack / count).Select(prompt => prompt.Id)];
        EvaluationPrompt[] first = [.. suite.Prompts.Where(prompt => !rest.Contains(prompt.Id))];
        int attacked = first.Count(prompt => prompt.Kind == PromptKind.Harmful);
        bool attacks = suite.AttackPrompts > attacked;
        return new SampleSplit(
            suite with { Prompts = first },
            suite with
            {
                Prompts = [.. suite.Prompts.Where(prompt => rest.Contains(prompt.Id))],
                Forgotten = [],
                Choices = [],
                Text = null,
                Earlier = [],
                Attacks = attacks ? suite.Attacks : [],
                AttackPrompts = attacks ? suite.AttackPrompts - attacked : 0,
                HarmfulLessons = attacks ? suite.HarmfulLessons : [],
                BenignLessons = attacks ? suite.BenignLessons : [],
            });
    }

    /// <summary>Whether a metric rests on more prompts once the rest is asked.</summary>
    public bool Extends(string metric) => MetricDefinition.Find(metric)?.Basis switch
    {
        MetricBasis.HazardousPrompts or MetricBasis.HarmlessPrompts => Rest.Prompts.Count > 0,
        MetricBasis.AttackedPrompts => Rest.AttackPrompts > 0 && Rest.Prompts.Any(prompt => prompt.Kind == PromptKind.Harmful),
        _ => false,
    };
}
