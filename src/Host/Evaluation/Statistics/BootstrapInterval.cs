namespace Unlearning.Host.Evaluation.Statistics;

/// <summary>
/// The interval of a mean by the expanded percentile bootstrap: prompts are drawn with replacement, and the percentiles are widened
/// from alpha/2 to Phi(-sqrt(n / (n - 1)) t), which undoes the bootstrap's known narrowness at small n. Source: T. Hesterberg,
/// "What teachers should know about the bootstrap", The American Statistician 69 (2015), section 5.2. The draws are seeded, so the
/// same numbers give the same interval; for a paired difference the differences are the numbers.
/// </summary>
public static class BootstrapInterval
{
    /// <summary>How often prompts are drawn anew.</summary>
    public const int Resamples = 4000;

    /// <summary>The mean with its interval.</summary>
    /// <param name="values">One number a prompt; a NaN among them makes the whole estimate NaN.</param>
    /// <param name="seed">Decides the draws.</param>
    /// <param name="confidence">The level of the interval, more than 0 and less than 1.</param>
    public static Estimate OfMean(IReadOnlyList<double> values, int seed, double confidence = ConfidenceLevel.OfOneLook)
    {
        ArgumentNullException.ThrowIfNull(values);
        int n = values.Count;
        if (n == 0)
        {
            return Estimate.None;
        }

        double mean = Mean(values);
        if (n == 1 || double.IsNaN(mean))
        {
            // One prompt says nothing about the spread: an interval without ends passes no gate that asks for one.
            return new Estimate(
                mean,
                double.IsNaN(mean) ? double.NaN : double.NegativeInfinity,
                double.IsNaN(mean) ? double.NaN : double.PositiveInfinity,
                n);
        }

        double[] means = new double[Resamples];
        SplitMix random = new((ulong)seed);
        for (int i = 0; i < means.Length; i++)
        {
            double sum = 0;
            for (int j = 0; j < n; j++)
            {
                sum += values[random.Below(n)];
            }

            means[i] = sum / n;
        }

        Array.Sort(means);
        double tail = NormalDistribution.Cumulative(-Math.Sqrt(n / (n - 1.0)) * StudentDistribution.TwoSided(n - 1, confidence));
        return new Estimate(mean, Quantile(means, tail), Quantile(means, 1 - tail), n);
    }

    private static double Mean(IReadOnlyList<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Count;
    }

    private static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int index = (int)position;
        double fraction = position - index;
        return index + 1 < sorted.Length ? sorted[index] + (fraction * (sorted[index + 1] - sorted[index])) : sorted[^1];
    }
}
