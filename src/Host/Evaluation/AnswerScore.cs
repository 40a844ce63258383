namespace Unlearning.Host.Evaluation;

/// <summary>How probable a model finds a reference answer.</summary>
/// <param name="NegativeLogLikelihood">Mean of -ln p over the answer's tokens, in nats per token.</param>
/// <param name="MeanProbability">Mean of p over the answer's tokens, from 0 to 1.</param>
/// <param name="Tokens">How many answer tokens were scored.</param>
public sealed record AnswerScore(double NegativeLogLikelihood, double MeanProbability, int Tokens);
