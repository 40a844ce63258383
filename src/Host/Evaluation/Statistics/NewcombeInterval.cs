namespace Unlearning.Host.Evaluation.Statistics;

/// <summary>
/// The interval of the difference of two proportions of independent samples, from the score intervals of each. Source: R. G. Newcombe,
/// "Interval estimation for the difference between independent proportions", Statistics in Medicine 17 (1998), method 10.
/// </summary>
public static class NewcombeInterval
{
    /// <summary>How much larger the first share is than the second, with its interval.</summary>
    /// <param name="successes">Of the first sample, from 0 to <paramref name="n"/>.</param>
    /// <param name="n">Number of trials of the first sample; with 0 of either the estimate is <see cref="Estimate.None"/>.</param>
    /// <param name="otherSuccesses">Of the second sample, from 0 to <paramref name="otherN"/>.</param>
    /// <param name="otherN">Number of trials of the second sample.</param>
    /// <param name="confidence">The level of the interval, more than 0 and less than 1.</param>
    public static Estimate Of(int successes, int n, int otherSuccesses, int otherN, double confidence = ConfidenceLevel.OfOneLook)
    {
        Estimate one = WilsonInterval.Of(successes, n, confidence), other = WilsonInterval.Of(otherSuccesses, otherN, confidence);
        if (n == 0 || otherN == 0)
        {
            return Estimate.None;
        }

        double difference = one.Value - other.Value;
        return new Estimate(
            difference,
            difference - double.Hypot(one.Value - one.Low, other.High - other.Value),
            difference + double.Hypot(one.High - one.Value, other.Value - other.Low),
            Math.Min(n, otherN));
    }
}
