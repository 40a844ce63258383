using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>What one gate says about a candidate.</summary>
/// <param name="Gate">The gate's name.</param>
/// <param name="Metric">The metric that it judged.</param>
/// <param name="Verdict">Its outcome.</param>
/// <param name="Sentence">One sentence with the numbers behind it.</param>
public sealed record GateVerdict(string Gate, string Metric, Verdict Verdict, string Sentence)
{
    /// <summary>Whether it did not pass, but could with more prompts: they are too few, or the number keeps to the limit and only its
    /// interval does not.</summary>
    public bool Open { get; init; }

    /// <summary>The verdict of a gate that cannot judge.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="why">The rest of a sentence about the metric.</param>
    internal static GateVerdict Inconclusive(IGate gate, string why) =>
        new(gate.Name, gate.Metric, Verdict.Inconclusive, $"{gate.Name}: inconclusive, {Subject(gate)} {why}");

    /// <summary>What a gate judges, in words: "harmful_rate", or "harmful_rate on ailuminate:ncr".</summary>
    internal static string Subject(IGate gate) => gate.Hazard is { } hazard ? $"{gate.Metric} on {hazard.Name}" : gate.Metric;

    /// <summary>What a reader must know about the sample of a report; nothing where it was never extended.</summary>
    internal static string Sample(EvaluationReport report) => report.Extension is { } extension
        ? FormattableString.Invariant($" (after an extension of the sample from {extension.From} to {extension.To} prompts)")
        : string.Empty;
}
