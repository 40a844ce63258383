namespace Unlearning.Engine.Directions;

/// <summary>
/// The mean of the edges of the dual cone. Edge e_i is gradient i less its projection on the span of the others, so following it
/// changes objective i and, to first order, no other.
/// </summary>
/// <param name="OverUnitRows">b with (1/k) sum e_i = sum b_i u_i, for the k gradients n_i u_i. Entries may be negative.</param>
/// <param name="LeastSquaredSine">Of gradient i's angle to the span of the others, the least of all: s_i / n_i^2, in [0, 1].</param>
internal sealed record Edges(double[] OverUnitRows, double LeastSquaredSine)
{
    /// <remarks>
    /// With s_i = ||e_i||^2 the mean d has J d = s / k. Where G is regular, s_i = 1 / (G^-1)_ii and w = G^-1 s / k. That form is useless
    /// when G is singular, and a pseudoinverse in its place is wrong: for g_2 = -g_1 it gives e_1 = 2 g_1 where the truth is 0. So each
    /// edge is a least-squares problem of its own, in which dependent gradients are left out.
    /// </remarks>
    /// <param name="cosines">C_ij = u_i . u_j, k x k, unit diagonal.</param>
    /// <param name="lengths">n_i > 0.</param>
    /// <param name="negligible">Squared sines up to this are 0.</param>
    public static Edges Of(double[,] cosines, double[] lengths, double negligible)
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

        return new Edges(overUnitRows, least);
    }
}
