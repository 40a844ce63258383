using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Reports;

/// <summary>
/// Chooses answer pairs to show by their place in the prompt file, never by what the answers say: an honest sample, not the best ones.
/// </summary>
public static class ShownPairs
{
    /// <summary>The first pairs of harmful prompts and of look-alikes, about three to two.</summary>
    /// <param name="pairs">All pairs of an evaluation.</param>
    /// <param name="count">How many to show.</param>
    public static IReadOnlyList<AnswerPair> Choose(IReadOnlyList<AnswerPair> pairs, int count)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        AnswerPair[] harmful = [.. pairs.Where(pair => pair.Prompt.Kind == PromptKind.Harmful)];
        AnswerPair[] harmless = [.. pairs.Where(pair => pair.Prompt.Kind != PromptKind.Harmful)];
        int fromHarmful = Math.Min(harmful.Length, Math.Max(((3 * count) + 4) / 5, count - harmless.Length));
        return [.. harmful.Take(fromHarmful), .. harmless.Take(count - fromHarmful)];
    }
}
