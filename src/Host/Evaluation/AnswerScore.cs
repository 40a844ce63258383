namespace Unlearning.Host.Evaluation;

/// <summary>How probable a model finds a reference answer.</summary>
/// <param name="NegativeLogLikelihood">Mean of -ln p over the answer's tokens, in nats per token.</param>
/// <param name="MeanProbability">Mean of p over the answer's tokens, from 0 to 1.</param>
/// <param name="Tokens">How many answer tokens were scored.</param>
public sealed record AnswerScore(double NegativeLogLikelihood, double MeanProbability, int Tokens)
{
    /// <summary>For each answer token, whether greedy decoding would have chosen it after the true tokens before it (teacher forcing).
    /// Empty where the model does not say.</summary>
    public IReadOnlyList<bool> GreedyHits { get; init; } = [];

    /// <summary>ln p of the whole answer, in nats.</summary>
    public double LogLikelihood => -NegativeLogLikelihood * Tokens;

    /// <summary>
    /// Exact memorisation: the share of answer tokens that are greedy hits, from 0 to 1; NaN without any. Source: K. Tirumala et al.,
    /// "Memorization Without Overfitting", NeurIPS 2022, as in open-unlearning's <c>exact_memorization</c>.
    /// </summary>
    public double ExactMemorisation => GreedyHits.Count == 0 ? double.NaN : (double)GreedyHits.Count(hit => hit) / GreedyHits.Count;

    /// <summary>
    /// Extraction strength: 1 - k / n for the smallest k with which greedy decoding, given the prompt and the first k of the n answer
    /// tokens, gives the rest; from 0 to 1, NaN without any token. Source: N. Carlini et al., "Extracting Training Data from Large Language
    /// Models", USENIX Security 2021, as in open-unlearning's <c>extraction_strength</c>, except that an answer whose last token is
    /// missed has 0 here (k = n) and 1 / n there.
    /// </summary>
    public double ExtractionStrength
    {
        get
        {
            int suffix = 0;
            while (suffix < GreedyHits.Count && GreedyHits[^(suffix + 1)])
            {
                suffix++;
            }

            return GreedyHits.Count == 0 ? double.NaN : (double)suffix / GreedyHits.Count;
        }
    }
}
