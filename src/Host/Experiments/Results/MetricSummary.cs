namespace Unlearning.Host.Experiments.Results;

/// <summary>A metric over the seeds of a method.</summary>
/// <param name="Mean">The mean of the values that are numbers; NaN where there is none.</param>
/// <param name="Deviation">Their sample standard deviation (n - 1); NaN for fewer than two.</param>
/// <param name="N">How many there are.</param>
internal sealed record MetricSummary(double Mean, double Deviation, int N)
{
    /// <summary>Of one value a seed; those that are no finite numbers do not count.</summary>
    public static MetricSummary Of(IEnumerable<double> values)
    {
        double[] numbers = [.. values.Where(double.IsFinite)];
        if (numbers.Length == 0)
            return new MetricSummary(double.NaN, double.NaN, 0);
        double mean = numbers.Average();
        double squares = numbers.Sum(value => (value - mean) * (value - mean));
        return new MetricSummary(mean, numbers.Length < 2 ? double.NaN : Math.Sqrt(squares / (numbers.Length - 1)), numbers.Length);
    }
}
