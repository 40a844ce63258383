namespace Unlearning.Engine.Directions;

/// <summary>Projections on the dual cone {x : g_j . x >= 0 for all j}, the directions that harm no objective.</summary>
internal static class DualCone
{
    /// <summary>Up to this many vectors all active sets are tried, 128 for each; beyond it, Lawson and Hanson's algorithm walks from set to set.</summary>
    private const int MostEnumerated = 8;

    /// <summary>The rounding allowed when a vector is asked whether it would bring the projection closer.</summary>
    private const double Tolerance = 1e-14;

    /// <summary>b with sum b_j u_j = (1/k) sum of the projections of the k vectors n_i u_i; b_j >= 0.</summary>
    /// <param name="cosines">C_ij = u_i . u_j, k x k, unit diagonal.</param>
    /// <param name="lengths">n_i > 0.</param>
    /// <param name="negligible">Squared sines up to this are 0.</param>
    public static double[] MeanProjection(double[,] cosines, double[] lengths, double negligible)
    {
        int k = lengths.Length;
        double[] mean = new double[k];
        for (int i = 0; i < k; i++)
        {
            double[] added = k <= MostEnumerated ? Enumerate(cosines, i, negligible) : Walk(cosines, i, negligible);
            for (int j = 0; j < k; j++)
                mean[j] += lengths[i] / k * (added[j] + (j == i ? 1 : 0));
        }

        return mean;
    }

    /// <summary>
    /// a >= 0 such that u_i + sum a_j u_j is the projection of u_i: of all active sets whose own least squares come out non-negative, the
    /// one that leaves the cone least. In exact arithmetic that is the only one that stays in it (Karush, Kuhn and Tucker).
    /// </summary>
    /// <remarks>By Moreau's decomposition it is also the shortest vector of this form, but lengths are squares and tell only half as many digits.</remarks>
    internal static double[] Enumerate(double[,] cosines, int i, double negligible)
    {
        int k = cosines.GetLength(0);
        double[] best = new double[k];
        double most = double.NegativeInfinity;
        for (int mask = 0; mask < 1 << k; mask++)
        {
            if ((mask >> i & 1) == 1)
                continue;
            bool[] set = [.. Enumerable.Range(0, k).Select(j => (mask >> j & 1) == 1)];
            (double[] coefficients, _) = Regression.On(cosines, i, set, negligible);
            if (coefficients.Any(c => c > 0))
                continue;
            double[] a = [.. coefficients.Select(c => -c)];
            double least = Enumerable.Range(0, k).Min(j => Math.Min(Along(cosines, i, a, j), 0));
            if (least > most)
                (best, most) = (a, least);
        }

        return best;
    }

    /// <summary>Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23: add the vector that helps most, drop those whose coefficient reaches 0.</summary>
    internal static double[] Walk(double[,] cosines, int i, double negligible)
    {
        int k = cosines.GetLength(0);
        double[] a = new double[k];
        bool[] set = new bool[k];
        double square = 1;

        // Each round is shorter, if by less than float64 can tell, so a bound on their number only guards against rounding.
        for (int round = 0; round < 10 * k; round++)
        {
            if (Entering(cosines, i, a, set) is not int entering)
                return a;
            set[entering] = true;
            double[] current = a;
            while (true)
            {
                (double[] coefficients, double reached) = Regression.On(cosines, i, set, negligible);
                int[] negative = [.. Enumerable.Range(0, k).Where(j => set[j] && coefficients[j] > 0)];
                if (negative.Length == 0)
                {
                    if (reached > square)
                        return a;
                    (a, square) = ([.. coefficients.Select(c => -c)], reached);
                    break;
                }

                double step = negative.Min(j => current[j] / (current[j] + coefficients[j]));
                int leaving = negative.MinBy(j => current[j] / (current[j] + coefficients[j]));
                current = [.. current.Select((x, j) => set[j] ? Math.Max(x + step * (-coefficients[j] - x), 0) : 0)];
                current[leaving] = 0;
                set[leaving] = false;
            }
        }

        return a;
    }

    /// <summary>The vector outside the set that u_i + sum a_j u_j goes against most.</summary>
    private static int? Entering(double[,] cosines, int i, double[] a, bool[] set)
    {
        int? entering = null;
        double least = -Tolerance;
        for (int j = 0; j < a.Length; j++)
        {
            double along = Along(cosines, i, a, j);
            if (j != i && !set[j] && along < least)
                (entering, least) = (j, along);
        }

        return entering;
    }

    /// <summary>u_j . (u_i + sum a_l u_l).</summary>
    private static double Along(double[,] cosines, int i, double[] a, int j)
    {
        double along = cosines[j, i];
        for (int l = 0; l < a.Length; l++)
            along += cosines[j, l] * a[l];
        return along;
    }
}
