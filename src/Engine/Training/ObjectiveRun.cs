namespace Unlearning.Engine.Training;

/// <summary>Neighbouring tokens of a segment that belong to one objective.</summary>
/// <param name="Objective">Index of the objective.</param>
/// <param name="Start">First token in the segment.</param>
/// <param name="Count">Number of tokens.</param>
/// <param name="Answers">Number of answer tokens among those that the run's tokens predict.</param>
/// <param name="FirstAnswer">Which of the objective's answer tokens, counted over the whole step, is the run's first.</param>
internal sealed record ObjectiveRun(int Objective, long Start, long Count, long Answers, long FirstAnswer);
