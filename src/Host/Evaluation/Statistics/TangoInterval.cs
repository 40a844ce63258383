namespace Unlearning.Host.Evaluation.Statistics;

/// <summary>
/// The score interval of the difference of two paired proportions. Of n prompts, b have the property only with the candidate and c
/// only with the baseline; the estimate is (b - c) / n and the interval holds all differences D with |T(D)| &lt;= z, where
/// T(D) = (b - c - n D) / sqrt(n (2 q + D (1 - D))) and q is the maximum-likelihood estimate of P(only baseline) under difference D.
/// Prompts on which both agree enter through n alone. Source: T. Tango, "Equivalence test and confidence interval for the difference
/// in proportions for the paired-sample design", Statistics in Medicine 17 (1998), 891-908. It never degenerates: with b = c = 0
/// the interval still has the width that n observations deserve.
/// </summary>
public static class TangoInterval
{
    /// <summary>Candidate minus baseline with its interval, within [-1, 1].</summary>
    /// <param name="onlyCandidate">Prompts where only the candidate has the property (b).</param>
    /// <param name="onlyBaseline">Prompts where only the baseline has it (c).</param>
    /// <param name="n">All prompts; with 0 the estimate is <see cref="Estimate.None"/>.</param>
    /// <param name="confidence">The level of the interval, more than 0 and less than 1.</param>
    public static Estimate Of(int onlyCandidate, int onlyBaseline, int n, double confidence = ConfidenceLevel.OfOneLook)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyCandidate);
        ArgumentOutOfRangeException.ThrowIfNegative(onlyBaseline);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(onlyCandidate + onlyBaseline, n);
        if (n == 0)
        {
            return Estimate.None;
        }

        double z = NormalDistribution.TwoSided(confidence);
        double difference = (double)(onlyCandidate - onlyBaseline) / n;
        double low = onlyBaseline == n ? -1.0 : Solve(onlyCandidate, onlyBaseline, n, z, -1.0, difference);
        double high = onlyCandidate == n ? 1.0 : Solve(onlyCandidate, onlyBaseline, n, -z, difference, 1.0);
        return new Estimate(difference, low, high, n);
    }

    /// <summary>The score statistic T(D); falls from +infinity to -infinity as D goes from -1 to 1.</summary>
    internal static double Statistic(int b, int c, int n, double difference)
    {
        // q solves 2 n q^2 + B q + C = 0, equation (8) of the paper, written for P(only baseline).
        double linear = -b - c + (((2.0 * n) - b + c) * difference);
        double constant = -c * difference * (1 - difference);
        double q = (Math.Sqrt(Math.Max(0.0, (linear * linear) - (8.0 * n * constant))) - linear) / (4.0 * n);
        double variance = n * ((2 * q) + (difference * (1 - difference)));
        double numerator = b - c - (n * difference);
        return variance <= 0 ? Math.Sign(numerator) * double.PositiveInfinity : numerator / Math.Sqrt(variance);
    }

    /// <summary>Bisection for T(D) = target: T is monotone, and 60 halvings reach the last bit.</summary>
    private static double Solve(int b, int c, int n, double target, double left, double right)
    {
        for (int i = 0; i < 60; i++)
        {
            double middle = 0.5 * (left + right);
            if (Statistic(b, c, n, middle) > target)
            {
                left = middle;
            }
            else
            {
                right = middle;
            }
        }

        return 0.5 * (left + right);
    }
}
