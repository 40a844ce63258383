namespace Unlearning.Plugin.Functions;

/// <summary>One gate's verdict.</summary>
/// <param name="Gate">The gate's name.</param>
/// <param name="Metric">The metric it judges.</param>
/// <param name="Verdict">pass, fail or inconclusive.</param>
/// <param name="Sentence">The verdict in one sentence, with the numbers that decided it.</param>
public sealed record GateLine(string Gate, string Metric, string Verdict, string Sentence);
