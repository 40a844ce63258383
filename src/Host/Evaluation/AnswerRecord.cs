namespace Unlearning.Host.Evaluation;

/// <summary>One prompt of a stored report.</summary>
/// <param name="PromptId">The prompt's id.</param>
/// <param name="Kind">The prompt's kind.</param>
/// <param name="Hazard">The prompt's hazard, where it has one.</param>
/// <param name="Baseline">Facts about the answer before the change.</param>
/// <param name="Candidate">Facts about the answer after it.</param>
public sealed record AnswerRecord(string PromptId, PromptKind Kind, string? Hazard, AnswerFacts Baseline, AnswerFacts Candidate)
{
    /// <summary>The record of a pair, without its text.</summary>
    public static AnswerRecord Of(AnswerPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return new AnswerRecord(
            pair.Prompt.Id, pair.Prompt.Kind, pair.Prompt.Hazard, AnswerFacts.Of(pair.Baseline), AnswerFacts.Of(pair.Candidate));
    }
}
