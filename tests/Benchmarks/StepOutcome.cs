namespace Unlearning.Benchmarks;

/// <summary>What a child process that only trains tells about itself, as JSON on its stdout.</summary>
/// <param name="PeakBytes">Most resident memory it ever had, loading included.</param>
/// <param name="Seconds">Median time of the steps after the first.</param>
/// <param name="OverGemm">That time over the time of the step's matrix products.</param>
/// <param name="FirstOverGemm">The first step's, which computes the reference states too.</param>
/// <param name="Growth">Resident memory after the last step over that after a tenth of the steps, less 1.</param>
internal sealed record StepOutcome(long PeakBytes, double Seconds, double OverGemm, double FirstOverGemm, double Growth);
