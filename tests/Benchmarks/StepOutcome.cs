namespace Unlearning.Benchmarks;

/// <summary>What a child process that only trains tells about itself, as JSON on its stdout.</summary>
/// <param name="PeakBytes">Most resident memory it ever had, loading included.</param>
/// <param name="OverGemm">Time of a step over the time of its matrix products.</param>
internal sealed record StepOutcome(long PeakBytes, double OverGemm);
