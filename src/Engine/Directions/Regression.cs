namespace Unlearning.Engine.Directions;

/// <summary>Least squares of one unit vector on others, from their cosines alone.</summary>
internal static class Regression
{
    /// <summary>The coefficients c that minimise ||u_i - sum over j != i of c_j u_j||, and that minimum squared: the squared sine.</summary>
    public static (double[] Coefficients, double SquaredSine) OnOthers(double[,] cosines, int i, double negligible)
    {
        bool[] others = new bool[cosines.GetLength(0)];
        Array.Fill(others, true);
        others[i] = false;
        return On(cosines, i, others, negligible);
    }

    /// <summary>As <see cref="OnOthers"/>, with the sum over the vectors marked in <paramref name="allowed"/>; the others' coefficients are 0.</summary>
    /// <remarks>
    /// Gauss-Jordan sweeps of C over the allowed, the one farthest from the span of those taken coming next. What is left of a
    /// vector in that span (squared sine up to <paramref name="negligible"/>) is not swept and has coefficient 0: the span is
    /// complete without it.
    /// </remarks>
    public static (double[] Coefficients, double SquaredSine) On(double[,] cosines, int i, bool[] allowed, double negligible)
    {
        int k = cosines.GetLength(0);
        double[,] tableau = (double[,])cosines.Clone();
        bool[] waiting = (bool[])allowed.Clone();
        double[] coefficients = new double[k];
        while (Farthest(tableau, waiting, negligible) is int pivot)
        {
            Sweep(tableau, pivot);
            waiting[pivot] = false;
        }

        for (int j = 0; j < k; j++)
            coefficients[j] = allowed[j] && !waiting[j] ? tableau[j, i] : 0;
        return (coefficients, Math.Max(tableau[i, i], 0));
    }

    private static int? Farthest(double[,] tableau, bool[] waiting, double negligible)
    {
        int? best = null;
        for (int j = 0; j < waiting.Length; j++)
        {
            if (waiting[j] && tableau[j, j] > (best is int b ? tableau[b, b] : negligible))
                best = j;
        }

        return best;
    }

    private static void Sweep(double[,] tableau, int pivot)
    {
        int k = tableau.GetLength(0);
        double scale = 1 / tableau[pivot, pivot];
        for (int j = 0; j < k; j++)
            tableau[pivot, j] *= scale;
        for (int i = 0; i < k; i++)
        {
            double factor = tableau[i, pivot];
            if (i == pivot || factor == 0)
                continue;
            for (int j = 0; j < k; j++)
                tableau[i, j] -= factor * tableau[pivot, j];
            tableau[i, pivot] = -factor * scale;
        }

        tableau[pivot, pivot] = scale;
    }
}
