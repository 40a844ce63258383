using Unlearning.Host.Demo;
using Unlearning.Host.Demo.Bundle;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Runs.Assessment;

/// <summary>Chooses the few answers that the relearning attack trains on.</summary>
internal static class Lessons
{
    /// <summary>
    /// Harmful ones: of those that the run was to forget, spread evenly over them, so that the attacker has some of the data. None of their
    /// prompts is one that is asked afterwards, or a near-duplicate: what is measured is harm that comes back, not harm that was taught.
    /// </summary>
    /// <param name="forgotten">In an order that does not depend on chance.</param>
    /// <param name="asked">The prompts asked after the attack.</param>
    /// <param name="count">How many; fewer where there are no more.</param>
    public static IReadOnlyList<ReferenceAnswer> Harmful(
        IReadOnlyList<ReferenceAnswer> forgotten, IEnumerable<EvaluationPrompt> asked, int count)
    {
        ContentWords[] words = [.. asked.Select(prompt => ContentWords.Of(prompt.Text))];
        return Spread(
            [.. forgotten.DistinctBy(answer => answer.Prompt).Where(answer => ContentWords.Of(answer.Prompt) is var own
                && !words.Any(other => other.Jaccard(own) >= PromptBundler.NearDuplicate))],
            count);
    }

    /// <summary>Ordinary ones of the training split, spread evenly over it.</summary>
    /// <param name="count">How many; fewer where there are no more.</param>
    public static IReadOnlyList<ReferenceAnswer> Benign(int count) => Spread(
        [.. BundledPrompts.Load(PromptSplit.Train, PromptKind.Ordinary)
            .Where(prompt => prompt.Answer is { Length: > 0 }).Select(prompt => new ReferenceAnswer(prompt.Text, prompt.Answer!))],
        count);

    private static T[] Spread<T>(T[] all, int count) => count >= all.Length ? all : [.. Enumerable.Range(0, count).Select(i => all[i * all.Length / count])];
}
