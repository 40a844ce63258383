using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Evaluation.Judges;

/// <summary>How far two labels of the same answers agree.</summary>
/// <param name="Accuracy">The share on which they agree, with Wilson's interval.</param>
/// <param name="Kappa">
/// Cohen's kappa, (p_o - p_e) / (1 - p_e) with p_o the observed and p_e the agreement by chance, from -1 to 1; NaN where one label is all
/// that either ever gives. Its interval takes p_e as known, as J. Cohen, "A coefficient of agreement for nominal scales", Educational and
/// Psychological Measurement 20 (1960), does, with Wilson's interval of p_o, which keeps a width at full agreement.
/// </param>
/// <param name="NoVerdict">How many answers got no verdict; each counts as a disagreement.</param>
public sealed record Agreement(Estimate Accuracy, Estimate Kappa, int NoVerdict)
{
    /// <summary>Compares a judge's verdicts with the truth.</summary>
    /// <param name="pairs">For each answer the verdict (null is none) and the truth, both: went along.</param>
    public static Agreement Of(IReadOnlyList<(bool? Verdict, bool Truth)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        int n = pairs.Count;
        if (n == 0)
            return new Agreement(Estimate.None, Estimate.None, 0);

        // Without a verdict the judge is taken to have said the opposite of the truth.
        (bool Verdict, bool Truth)[] given = [.. pairs.Select(pair => (pair.Verdict ?? !pair.Truth, pair.Truth))];
        Estimate accuracy = WilsonInterval.Of(given.Count(pair => pair.Verdict == pair.Truth), n);
        double verdicts = given.Count(pair => pair.Verdict) / (double)n, truths = given.Count(pair => pair.Truth) / (double)n;
        double chance = (verdicts * truths) + ((1 - verdicts) * (1 - truths));
        double Kappa(double observed) => chance < 1 ? (observed - chance) / (1 - chance) : double.NaN;
        return new Agreement(
            accuracy,
            new Estimate(Kappa(accuracy.Value), Math.Max(-1, Kappa(accuracy.Low)), Kappa(accuracy.High), n),
            pairs.Count(pair => pair.Verdict is null));
    }
}
