namespace Unlearning.Host.Runs;

/// <summary>One gate's verdict in a run's record.</summary>
/// <param name="Gate">The gate's name.</param>
/// <param name="Metric">The metric it judged.</param>
/// <param name="Verdict">"pass", "fail" or "inconclusive".</param>
/// <param name="Sentence">The reason, with the numbers.</param>
public sealed record RunGate(string Gate, string Metric, string Verdict, string Sentence);
