namespace Unlearning.Engine.Inference;

/// <summary>How probable a token was when it was generated.</summary>
/// <param name="Token">The token's text; what is no whole character shows as U+FFFD.</param>
/// <param name="LogProbability">ln p under the model itself, before penalties, temperature and truncation.</param>
/// <param name="Alternatives">The most probable tokens at this place, best first, as many as were asked for; without alternatives of their own.</param>
public sealed record TokenLogProbability(string Token, double LogProbability, IReadOnlyList<TokenLogProbability> Alternatives);
