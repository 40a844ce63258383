namespace Unlearning.Host.Evaluation.Statistics;

/// <summary>The confidence levels of intervals.</summary>
public static class ConfidenceLevel
{
    /// <summary>The level where a sample is looked at once: each end of an interval is wrong in 2.5 of 100 experiments.</summary>
    public const double OfOneLook = 0.95;

    /// <summary>
    /// The level of both looks where a sample may be looked at twice. Bonferroni: an end that is wrong in 1.25 of 100 experiments at
    /// each look is wrong at one of the two in at most 2.5, whatever the sizes of the looks and whatever decides about the second one.
    /// Source: O. J. Dunn, "Multiple comparisons among means", JASA 56 (1961).
    /// </summary>
    public const double OfTwoLooks = 0.975;

    /// <summary>A level as reports write it: "95 %", "97.5 %".</summary>
    public static string Show(double confidence) => FormattableString.Invariant($"{100 * confidence:0.###} %");

    /// <summary>Refuses a level that is none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    internal static void Require(double confidence)
    {
        if (confidence is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence level is more than 0 and less than 1, as in 0.95.");
        }
    }
}
