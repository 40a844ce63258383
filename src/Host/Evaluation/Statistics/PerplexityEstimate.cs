namespace Unlearning.Host.Evaluation.Statistics;

/// <summary>
/// Perplexity, e to the power of a mean NLL. The function only rises, so the ends of an interval of the mean are turned into those of the
/// perplexity's.
/// </summary>
internal static class PerplexityEstimate
{
    /// <summary>The perplexity of a mean.</summary>
    /// <param name="likelihood">Mean NLL, in nats per token.</param>
    public static Estimate Of(Estimate likelihood) =>
        new(Math.Exp(likelihood.Value), Math.Exp(likelihood.Low), Math.Exp(likelihood.High), likelihood.N);

    /// <summary>
    /// The change of a perplexity: the baseline's times e^d - 1, where d is the paired change of the mean NLL. The baseline's value is taken as
    /// given, so that the relative change is e^d - 1 with exactly the paired interval.
    /// </summary>
    /// <param name="baseline">The baseline's mean NLL, in nats per token.</param>
    /// <param name="difference">Candidate minus baseline, paired.</param>
    public static Estimate Change(Estimate baseline, Estimate difference)
    {
        double scale = Math.Exp(baseline.Value);
        return new(
            scale * double.ExpM1(difference.Value), scale * double.ExpM1(difference.Low), scale * double.ExpM1(difference.High), difference.N);
    }
}
