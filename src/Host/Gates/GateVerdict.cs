namespace Unlearning.Host.Gates;

/// <summary>What one gate says about a candidate.</summary>
/// <param name="Rule">The rule that was applied.</param>
/// <param name="Verdict">Its outcome.</param>
/// <param name="Sentence">One sentence with the numbers behind it.</param>
public sealed record GateVerdict(GateRule Rule, Verdict Verdict, string Sentence);
