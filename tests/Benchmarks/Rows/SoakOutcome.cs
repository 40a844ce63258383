using System.Diagnostics;

namespace Unlearning.Benchmarks.Rows;

/// <summary>What swaps cost the streams. All times in milliseconds.</summary>
/// <param name="Answers">Whole answers, each of one release.</param>
/// <param name="FirstDuring">Waits for a first update that overlap a swap.</param>
/// <param name="FirstOtherwise">Those that overlap none.</param>
/// <param name="NextDuring">Waits for a later update that overlap a swap.</param>
/// <param name="NextOtherwise">Those that overlap none.</param>
/// <param name="MedianSwap">The median time of a whole swap.</param>
internal sealed record SoakOutcome(
    int Answers, double[] FirstDuring, double[] FirstOtherwise, double[] NextDuring, double[] NextOtherwise, double MedianSwap)
{
    /// <summary>How much longer a stream waits for its first update while a swap goes on, at a quantile from 0 to 1; at least 0.</summary>
    public double Pause(double quantile) => Math.Max(0, At(FirstDuring, quantile) - At(FirstOtherwise, quantile));

    /// <summary>The same of a stream under way.</summary>
    public double PauseUnderWay(double quantile) => Math.Max(0, At(NextDuring, quantile) - At(NextOtherwise, quantile));

    /// <summary>Sorts waits into those that overlap a swap and those that do not.</summary>
    public static SoakOutcome Of(IReadOnlyList<SoakWait> waits, IReadOnlyList<(long Begin, long End)> swaps, int answers)
    {
        long[] ends = [.. swaps.Select(swap => swap.End)];
        ILookup<(bool First, bool During), double> times = waits.ToLookup(
            wait => (wait.First, Overlaps(wait)), wait => Stopwatch.GetElapsedTime(wait.Begin, wait.End).TotalMilliseconds);
        return new SoakOutcome(
            answers,
            Sorted(true, true),
            Sorted(true, false),
            Sorted(false, true),
            Sorted(false, false),
            Timing.Median(swaps.Select(swap => Stopwatch.GetElapsedTime(swap.Begin, swap.End).TotalMilliseconds)));

        double[] Sorted(bool first, bool during) => [.. times[(first, during)].Order()];

        bool Overlaps(SoakWait wait)
        {
            // The first swap that ends after the wait began.
            int at = Array.BinarySearch(ends, wait.Begin);
            at = at < 0 ? ~at : at;
            return at < swaps.Count && swaps[at].Begin <= wait.End;
        }
    }

    private static double At(double[] sorted, double quantile) =>
        sorted.Length == 0
            ? throw new InvalidOperationException("No stream began during a swap, or none beside one; nothing can be compared.")
            : sorted[(int)Math.Min(sorted.Length - 1, quantile * sorted.Length)];
}
