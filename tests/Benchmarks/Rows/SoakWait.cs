namespace Unlearning.Benchmarks.Rows;

/// <summary>What a stream's reader waited for an update.</summary>
/// <param name="Begin">When it asked, in ticks of the stopwatch.</param>
/// <param name="End">When it got it.</param>
/// <param name="First">Whether it was the stream's first.</param>
internal readonly record struct SoakWait(long Begin, long End, bool First);
