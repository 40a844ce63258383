using System.Diagnostics;

namespace Unlearning.Benchmarks;

/// <summary>Times actions in turns, so that drift of the machine falls on all of them alike.</summary>
internal static class Timing
{
    // Thread pools of two libraries spin for a moment after their work: let one come to rest before the other starts.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(30);

    /// <summary>Rounds that are not counted: hot methods are compiled anew, better, after some calls.</summary>
    public const int WarmUps = 3;

    /// <summary>Median seconds of each action over <paramref name="rounds"/> rounds of A B ... A B ..., after a few rounds of warm-up.</summary>
    public static async Task<double[]> InTurnsAsync(int rounds, params Func<Task>[] actions)
    {
        List<double>[] times = [.. actions.Select(_ => new List<double>())];
        for (int round = -WarmUps; round < rounds; round++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                await Task.Delay(Rest).ConfigureAwait(false);
                long started = Stopwatch.GetTimestamp();
                await actions[i]().ConfigureAwait(false);
                if (round >= 0)
                    times[i].Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
        }

        return [.. times.Select(Median)];
    }

    /// <summary>Seconds of the fastest of <paramref name="runs"/> runs after one of warm-up.</summary>
    public static double Best(int runs, Action action)
    {
        action();
        double best = double.PositiveInfinity;
        for (int run = 0; run < runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return best;
    }

    /// <summary>The middle value, or the mean of the middle two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
