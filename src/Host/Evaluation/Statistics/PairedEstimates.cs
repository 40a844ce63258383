namespace Unlearning.Host.Evaluation.Statistics;

/// <summary>Chooses the interval that fits: Wilson and Tango for proportions, the bootstrap for means.</summary>
internal static class PairedEstimates
{
    /// <summary>The mean of one model's numbers with its interval.</summary>
    public static Estimate Single(IReadOnlyList<double> values, bool isProportion, int seed, double confidence) =>
        isProportion
            ? WilsonInterval.Of(values.Count(value => value > 0.5), values.Count, confidence)
            : BootstrapInterval.OfMean(values, seed, confidence);

    /// <summary>Candidate minus baseline with the interval of the paired difference.</summary>
    public static Estimate Difference(
        IReadOnlyList<double> baseline, IReadOnlyList<double> candidate, bool isProportion, int seed, double confidence)
    {
        double[] differences = [.. baseline.Zip(candidate, (before, after) => after - before)];
        if (!isProportion)
        {
            return BootstrapInterval.OfMean(differences, seed, confidence);
        }

        int onlyCandidate = differences.Count(difference => difference > 0.5);
        int onlyBaseline = differences.Count(difference => difference < -0.5);
        return TangoInterval.Of(onlyCandidate, onlyBaseline, differences.Length, confidence);
    }
}
