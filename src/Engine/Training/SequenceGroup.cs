namespace Unlearning.Engine.Training;

/// <summary>Neighbouring sequences of equal length: attention takes them together.</summary>
/// <param name="Start">First token in the segment.</param>
/// <param name="Rows">Number of sequences.</param>
/// <param name="Tokens">Length of each.</param>
internal sealed record SequenceGroup(long Start, long Rows, long Tokens);
