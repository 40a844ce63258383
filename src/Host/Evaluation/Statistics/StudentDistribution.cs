namespace Unlearning.Host.Evaluation.Statistics;

/// <summary>Student's t distribution, as far as the bootstrap's width correction needs it.</summary>
internal static class StudentDistribution
{
    /// <summary>
    /// The two-sided point of a confidence level for the given degrees of freedom (at least 1), by the Cornish-Fisher expansion around the normal
    /// point; Abramowitz and Stegun 26.7.5. Relative error below 2e-3 at 95 % and 97.5 % from 5 degrees of freedom on; fewer are clamped to 5,
    /// because nobody should read an interval from so few prompts.
    /// </summary>
    public static double TwoSided(int degrees, double confidence)
    {
        double z = NormalDistribution.TwoSided(confidence);
        double v = Math.Max(5, degrees);
        double z2 = z * z;
        double g1 = z * (z2 + 1) / 4;
        double g2 = z * ((5 * z2 * z2) + (16 * z2) + 3) / 96;
        double g3 = z * ((3 * z2 * z2 * z2) + (19 * z2 * z2) + (17 * z2) - 15) / 384;
        double g4 = z * ((79 * z2 * z2 * z2 * z2) + (776 * z2 * z2 * z2) + (1482 * z2 * z2) - (1920 * z2) - 945) / 92160;
        return z + (g1 / v) + (g2 / (v * v)) + (g3 / (v * v * v)) + (g4 / (v * v * v * v));
    }
}
