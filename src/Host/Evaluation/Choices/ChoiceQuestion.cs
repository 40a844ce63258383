namespace Unlearning.Host.Evaluation.Choices;

/// <summary>A question with several answers of which one is right.</summary>
/// <param name="Id">Names the source and the question in it, for example <c>truthfulqa-12</c>.</param>
/// <param name="Text">What the user asks; the choices are not part of it.</param>
/// <param name="Choices">At least two answers, as the assistant would give them.</param>
/// <param name="Right">Index of the right one.</param>
/// <param name="Source">The data set it came from; see Choices/ATTRIBUTION.md.</param>
public sealed record ChoiceQuestion(string Id, string Text, IReadOnlyList<string> Choices, int Right, string Source)
{
    /// <summary>The choices as answers to score: without the end of the turn, as the benchmarks define it.</summary>
    public IEnumerable<ReferenceAnswer> ToAnswers() => Choices.Select(choice => new ReferenceAnswer(Text, choice, Ends: false));

    /// <summary>
    /// Whether a model picks the right choice: its log-likelihood, summed over its tokens and not divided by their number, is above that of
    /// every other. A tie is wrong. For TruthfulQA this is mc1 of S. Lin, J. Hilton and O. Evans, "TruthfulQA", ACL 2022.
    /// </summary>
    /// <param name="scores">One score a choice, in order.</param>
    public bool IsPicked(IReadOnlyList<AnswerScore> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        double right = scores[Right].LogLikelihood;
        return scores.Where((_, choice) => choice != Right).All(score => right > score.LogLikelihood);
    }
}
