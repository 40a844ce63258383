namespace Unlearning.Host.Gates;

/// <summary>What all gates together say about a candidate.</summary>
/// <param name="Verdict">Pass only if every gate passed; fail if any failed; else inconclusive. Without any gate it is
/// inconclusive.</param>
/// <param name="Gates">Each gate's verdict, in the order of the rules.</param>
public sealed record GateDecision(Verdict Verdict, IReadOnlyList<GateVerdict> Gates);
