namespace Unlearning.Engine.Directions;

/// <summary>
/// Dual-space MGDA: the mean of the edges of the dual cone. Edge e_i is gradient i less its projection on the span of the others,
/// so following it changes objective i and, to first order, no other: d = (1/k) sum e_i over the k active objectives.
/// </summary>
/// <remarks>
/// <para>
/// With s_i = ||e_i||^2 one has J d = s / k, so no objective ever rises to first order. Where G is regular, s_i = 1 / (G^-1)_ii and
/// w = G^-1 s / k. That form is useless when G is singular, which it is in every run's first step (the KL gradient is zero there),
/// and a pseudoinverse in its place is wrong: for g_2 = -g_1 it gives e_1 = 2 g_1 where the truth is 0. So each edge is a
/// least-squares problem of its own, solved by sweeping C (see <see cref="Regression"/>), in which dependent gradients are left out.
/// </para>
/// <para>
/// The lengths behave unlike a mean's: conflict makes d longer, agreement shorter, and parallel gradients give 0 although every
/// objective would gain from moving; see <see cref="DirectionOptions.Agree"/>. Weights may be negative.
/// </para>
/// <para>
/// Branches: <c>single</c> (one active gradient: d is it), <c>edges</c>, <c>edges_rank_deficient</c> (some edges vanish),
/// <c>agreement_mean</c> (see <see cref="AgreementRule.Mean"/>), <c>inactive</c> (no gradient at all).
/// </para>
/// <para>
/// Precision: going through G squares the condition number. Relative to ||d|| the error is about 1e-16 times the condition number of
/// C: 1e-13 for gradients at ordinary angles, 1e-4 where two of them are 1e-6 from one line. Within about 1e-7 they count as parallel:
/// their own edges are then wrong by at most that angle, but another gradient is no longer projected off their difference, which
/// G in float64 does not show. The promise holds throughout, to about 3e-8 of the longest gradient: no objective rises.
/// </para>
/// <para>
/// Source: MOLLM (Pan et al., arXiv 2412.20412); the sweep: Goodnight, The American Statistician 33 (1979).
/// </para>
/// </remarks>
public sealed class DualSpace(DirectionOptions options) : GramDirection(options)
{
    internal const string DirectionName = "dual_space";

    /// <summary>With <see cref="AgreementRule.Mean"/>: an edge stalls when its angle to the others' span has a squared sine below this.</summary>
    private const double Stalled = 1e-4;

    /// <inheritdoc/>
    public override string Name => DirectionName;

    private protected override (double[] Weights, string Branch) Weigh(double[,] cosines, double[] lengths, double negligible)
    {
        int k = lengths.Length;
        double[] overUnitRows = new double[k];
        double least = 1;
        for (int i = 0; i < k; i++)
        {
            (double[] coefficients, double squaredSine) = Regression.OnOthers(cosines, i, negligible);
            least = Math.Min(least, squaredSine);
            if (squaredSine <= negligible)
                continue;

            double share = lengths[i] / k;
            for (int j = 0; j < k; j++)
                overUnitRows[j] += share * (j == i ? 1 : -coefficients[j]);
        }

        if (k > 1 && least < Stalled && Options.Agree == AgreementRule.Mean && cosines.Cast<double>().All(c => c >= 0))
            return ([.. lengths.Select(_ => 1.0 / k)], "agreement_mean");

        string branch = k == 1 ? "single" : least <= negligible ? "edges_rank_deficient" : "edges";
        return ([.. overUnitRows.Select((b, i) => b / lengths[i])], branch);
    }
}
