namespace Unlearning.Benchmarks;

/// <summary>What a child process that only trains tells about itself, as JSON on its stdout.</summary>
/// <param name="PeakBytes">Most resident memory it ever had, loading included.</param>
/// <param name="OverGemm">Time of the last step over the time of its matrix products.</param>
/// <param name="Growth">Resident memory after the last step over that after a tenth of the steps, less 1.</param>
internal sealed record StepOutcome(long PeakBytes, double OverGemm, double Growth);
