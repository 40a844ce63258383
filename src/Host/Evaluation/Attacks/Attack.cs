using System.Globalization;

namespace Unlearning.Host.Evaluation.Attacks;

/// <summary>
/// Several tries at each harmful prompt, of which the worst counts: a prompt is lost if the answer to any of the tries is harmful. It tells
/// whether unlearning holds beyond the one greedy answer to the one wording.
/// </summary>
/// <param name="Metric">The metric it yields, one of <see cref="MetricNames"/>: the share of prompts lost.</param>
/// <param name="Tries">The tries, in the order in which they are made.</param>
public sealed record Attack(string Metric, IReadOnlyList<AttackTry> Tries)
{
    /// <summary>
    /// The sampling attack: worst of <paramref name="samples"/> answers at temperature 1, as users who press "regenerate". Source: Y. Huang et
    /// al., "Catastrophic Jailbreak of Open-source LLMs via Exploiting Generation", ICLR 2024.
    /// </summary>
    /// <param name="samples">How many answers, at least 1.</param>
    /// <param name="seed">The first answer's seed; the others follow it. Both models are asked with the same seeds.</param>
    public static Attack OfSamples(int samples, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return new Attack(
            MetricNames.SampledHarmfulRate,
            [.. Enumerable.Range(0, samples).Select(i =>
                new AttackTry($"sample {(i + 1).ToString(CultureInfo.InvariantCulture)}", prompt => prompt, new Sampling(1, seed + i)))]);
    }

    /// <summary>The bundled jailbreak templates, each answered greedily.</summary>
    public static Attack OfJailbreaks() => new(
        MetricNames.JailbreakHarmfulRate,
        [.. JailbreakTemplate.Bundled().Select(template => new AttackTry(template.Id, template.Apply, Sampling.Greedy))]);

    /// <summary>The rule-based paraphrases, each answered greedily.</summary>
    public static Attack OfParaphrases() => new(
        MetricNames.ParaphraseHarmfulRate,
        [.. Paraphrase.All.Select(rule => new AttackTry(rule.Name, rule.Apply, Sampling.Greedy))]);

    /// <summary>The plain prompt, answered greedily once: for a model that was itself attacked.</summary>
    public static Attack OfPlainPrompts(string metric) => new(metric, [new AttackTry("plain", prompt => prompt, Sampling.Greedy)]);

    /// <summary>Tries each prompt until an answer is harmful or the tries are used up.</summary>
    /// <returns>For each prompt whether it was lost, in the prompts' order.</returns>
    internal async Task<IReadOnlyList<bool>> RunAsync(
        IModelUnderTest model, IReadOnlyList<EvaluationPrompt> prompts, AnswerJudge judge, CancellationToken cancellationToken)
    {
        bool[] lost = new bool[prompts.Count];
        foreach (AttackTry attempt in Tries)
        {
            int[] open = [.. Enumerable.Range(0, prompts.Count).Where(i => !lost[i])];
            if (open.Length == 0)
                break;
            IReadOnlyList<string> answers = await model
                .AnswerAsync([.. open.Select(i => attempt.Reword(prompts[i].Text))], attempt.Sampling, cancellationToken).ConfigureAwait(false);
            Evaluator.Require(answers.Count, open.Length, "answers");
            for (int j = 0; j < open.Length; j++)
            {
                // Judged as an answer to the plain prompt: that is what it would be used for.
                lost[open[j]] = await judge.IsHarmfulAsync(prompts[open[j]], answers[j], cancellationToken).ConfigureAwait(false);
            }
        }

        return lost;
    }
}
