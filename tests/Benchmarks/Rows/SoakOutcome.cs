using System.Diagnostics;

namespace Unlearning.Benchmarks.Rows;

/// <summary>What swaps cost the streams. All times in milliseconds.</summary>
/// <param name="Answers">Whole answers, each of one release.</param>
/// <param name="FirstDuring">Waits for a first update that begin during a swap, or a usual wait before one.</param>
/// <param name="FirstOtherwise">The others.</param>
/// <param name="NextDuring">Waits for a later update that begin during a swap, or a usual wait before one.</param>
/// <param name="NextOtherwise">The others.</param>
/// <param name="MedianSwap">The median time of a whole swap.</param>
internal sealed record SoakOutcome(
    int Answers, double[] FirstDuring, double[] FirstOtherwise, double[] NextDuring, double[] NextOtherwise, double MedianSwap)
{
    /// <summary>How much longer a stream waits for its first update while a swap goes on, at a quantile from 0 to 1; at least 0.</summary>
    public double Pause(double quantile) => Math.Max(0, At(FirstDuring, quantile) - At(FirstOtherwise, quantile));

    /// <summary>The same of a stream under way.</summary>
    public double PauseUnderWay(double quantile) => Math.Max(0, At(NextDuring, quantile) - At(NextOtherwise, quantile));

    /// <summary>
    /// Sorts waits into those that a swap may hold up and those that it does not: by when they begin, during a swap or a usual wait before
    /// one. Sorted by whether they overlap one, long waits would be found beside swaps for being long.
    /// </summary>
    public static SoakOutcome Of(IReadOnlyList<SoakWait> waits, IReadOnlyList<(long Begin, long End)> swaps, int answers)
    {
        long[] ends = [.. swaps.Select(swap => swap.End)];
        Dictionary<bool, long> usual = waits.GroupBy(wait => wait.First)
            .ToDictionary(group => group.Key, group => (long)Timing.Median(group.Select(wait => (double)(wait.End - wait.Begin))));
        ILookup<(bool First, bool During), double> times = waits.ToLookup(
            wait => (wait.First, IsDuring(wait)), wait => Stopwatch.GetElapsedTime(wait.Begin, wait.End).TotalMilliseconds);
        return new SoakOutcome(
            answers,
            Sorted(true, true),
            Sorted(true, false),
            Sorted(false, true),
            Sorted(false, false),
            Timing.Median(swaps.Select(swap => Stopwatch.GetElapsedTime(swap.Begin, swap.End).TotalMilliseconds)));

        double[] Sorted(bool first, bool during) => [.. times[(first, during)].Order()];

        bool IsDuring(SoakWait wait)
        {
            // The first swap that ends after the wait began.
            int at = Array.BinarySearch(ends, wait.Begin);
            at = at < 0 ? ~at : at;
            return at < swaps.Count && swaps[at].Begin <= wait.Begin + usual[wait.First];
        }
    }

    private static double At(double[] sorted, double quantile) =>
        sorted.Length == 0
            ? throw new InvalidOperationException("No stream began during a swap, or none beside one; nothing can be compared.")
            : sorted[(int)Math.Min(sorted.Length - 1, quantile * sorted.Length)];
}
