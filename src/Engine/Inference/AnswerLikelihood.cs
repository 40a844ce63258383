namespace Unlearning.Engine.Inference;

/// <summary>How probable a given answer is under the model.</summary>
/// <param name="NegativeLogLikelihood">Mean over answer tokens of -log p, in nats.</param>
/// <param name="MeanProbability">Mean over answer tokens of p, 0 to 1.</param>
/// <param name="Tokens">Number of answer tokens.</param>
public sealed record AnswerLikelihood(double NegativeLogLikelihood, double MeanProbability, int Tokens)
{
    /// <summary>
    /// For each answer token, whether it is the most probable one after the prompt and the answer tokens before it. Where all hits from
    /// position k on are true, greedy decoding of the prompt and the first k answer tokens gives the rest of the answer.
    /// </summary>
    public IReadOnlyList<bool> GreedyHits { get; init; } = [];
}
