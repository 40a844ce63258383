namespace Unlearning.Host.Evaluation.Statistics;

/// <summary>
/// The score interval of a proportion: all p with |x/n - p| &lt;= z sqrt(p (1 - p) / n). It keeps its coverage near 0 and 1 and never
/// leaves [0, 1]. Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927);
/// recommended for n of our size by Brown, Cai and DasGupta, Statistical Science 16 (2001).
/// </summary>
public static class WilsonInterval
{
    /// <summary>The share of <paramref name="successes"/> in <paramref name="n"/> trials with its interval.</summary>
    /// <param name="successes">From 0 to <paramref name="n"/>.</param>
    /// <param name="n">Number of trials; with 0 the estimate is <see cref="Estimate.None"/>.</param>
    /// <param name="confidence">The level of the interval, more than 0 and less than 1.</param>
    public static Estimate Of(int successes, int n, double confidence = ConfidenceLevel.OfOneLook)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, n);
        if (n == 0)
        {
            return Estimate.None;
        }

        double z = NormalDistribution.TwoSided(confidence);
        double p = (double)successes / n;
        double centre = p + (z * z / (2 * n));
        double half = z * Math.Sqrt((p * (1 - p) / n) + (z * z / (4.0 * n * n)));
        double scale = 1 + (z * z / n);

        // At the ends the formula gives exactly 0 and 1 but for rounding.
        double low = successes == 0 ? 0.0 : (centre - half) / scale;
        double high = successes == n ? 1.0 : (centre + half) / scale;
        return new Estimate(p, low, high, n);
    }
}
