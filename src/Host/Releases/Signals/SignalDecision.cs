using Unlearning.Host.Gates;

namespace Unlearning.Host.Releases.Signals;

/// <summary>What a release's signals say.</summary>
/// <param name="Verdict">Fail: withdraw it. Pass: nothing speaks against it. Inconclusive: there is not enough to go by.</param>
/// <param name="Sentence">Why, with the numbers.</param>
public sealed record SignalDecision(Verdict Verdict, string Sentence);
