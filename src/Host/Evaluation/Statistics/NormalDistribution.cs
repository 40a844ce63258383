namespace Unlearning.Host.Evaluation.Statistics;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    /// <summary>The two-sided 95 % point, z with P(|Z| &lt;= z) = 0.95.</summary>
    public const double TwoSided95 = 1.959963984540054;

    /// <summary>The two-sided point of a confidence level: z with P(|Z| &lt;= z) = <paramref name="confidence"/>, to 1e-10.</summary>
    /// <param name="confidence">More than 0 and less than 1.</param>
    public static double TwoSided(double confidence)
    {
        ConfidenceLevel.Require(confidence);
        if (confidence == ConfidenceLevel.OfOneLook)
        {
            return TwoSided95;
        }

        double tail = (1 - confidence) / 2;
        double low = 0;
        double high = 40;
        for (int i = 0; i < 80; i++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = Cumulative(-middle) > tail ? (middle, high) : (low, middle);
        }

        return 0.5 * (low + high);
    }

    /// <summary>
    /// P(Z &lt;= x), by the continued fraction and series of the complementary error function; absolute error below 1e-12.
    /// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.5 and 7.1.14.
    /// </summary>
    public static double Cumulative(double x)
    {
        double t = Math.Abs(x) / Math.Sqrt(2.0);
        double tail = t < 2.5 ? 1.0 - ErrorSeries(t) : ComplementFraction(t);
        return x < 0 ? 0.5 * tail : 1.0 - (0.5 * tail);
    }

    private static double ErrorSeries(double t)
    {
        double term = t;
        double sum = t;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= -t * t / n;
            sum += term / ((2 * n) + 1);
        }

        return 2.0 / Math.Sqrt(Math.PI) * sum;
    }

    private static double ComplementFraction(double t)
    {
        double fraction = 0.0;
        for (int k = 80; k >= 1; k--)
        {
            fraction = k / 2.0 / (t + fraction);
        }

        return Math.Exp(-t * t) / Math.Sqrt(Math.PI) / (t + fraction);
    }
}
