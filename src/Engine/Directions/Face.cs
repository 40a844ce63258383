namespace Unlearning.Engine.Directions;

/// <summary>The shortest point in the plane through some of the vectors n_i u_i.</summary>
internal static class Face
{
    /// <summary>
    /// The affine minimiser over <paramref name="face"/>: weights (zero elsewhere) that sum to 1 but may be negative, and the norm.
    /// </summary>
    /// <returns>Null when the vectors depend on each other in a way that leaves no single answer; a smaller face then has it.</returns>
    /// <remarks>
    /// With b_i = a_i n_i the problem is: minimise b^T C b where sum b_i / n_i = 1. Hence b is C^-1 (1/n) up to scale, and the squared
    /// minimum is 1 / ((1/n)^T C^-1 (1/n)), a sum without cancellation in b^T C b. When only the last vector depends on the
    /// others, b is the null vector of C and the minimum 0, provided that the origin is in the plane.
    /// </remarks>
    public static (double[] Weights, double Norm)? Minimum(double[,] cosines, double[] lengths, int[] face, double negligible)
    {
        int k = face.Length;
        double[,] factor = new double[k, k];
        double unit = face.Max(i => lengths[i]);
        double[] inverse = [.. face.Select(i => unit / lengths[i])];
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double rest = cosines[face[i], face[j]];
                for (int p = 0; p < j; p++)
                    rest -= factor[i, p] * factor[j, p];
                if (j < i)
                    factor[i, j] = rest / factor[j, j];
                else if (rest > negligible)
                    factor[i, i] = Math.Sqrt(rest);
                else if (i == k - 1)
                    return Singular(factor, inverse, face, lengths.Length);
                else
                    return null;
            }
        }

        double[] b = BackSubstitute(factor, ForwardSubstitute(factor, inverse), k);
        double sum = b.Zip(inverse, (x, y) => x * y).Sum();
        return (Spread(b, inverse, face, lengths.Length), unit / Math.Sqrt(sum));
    }

    /// <summary>The face whose last vector is a combination of the others: the origin is in the plane.</summary>
    private static (double[] Weights, double Norm)? Singular(double[,] factor, double[] inverse, int[] face, int count)
    {
        int last = face.Length - 1;
        double[] known = new double[last];
        for (int p = 0; p < last; p++)
            known[p] = -factor[last, p];
        double[] b = [.. BackSubstitute(factor, known, last), 1];
        double[] weights = [.. b.Zip(inverse, (x, y) => x * y)];

        // Weights that sum to zero are of vectors that end on one line or plane off the origin, as two equal ones do.
        return Math.Abs(weights.Sum()) > 1e-14 * weights.Sum(Math.Abs) ? (Spread(b, inverse, face, count), 0) : null;
    }

    private static double[] Spread(double[] b, double[] inverse, int[] face, int count)
    {
        double sum = b.Zip(inverse, (x, y) => x * y).Sum();
        double[] weights = new double[count];
        for (int p = 0; p < face.Length; p++)
            weights[face[p]] = b[p] * inverse[p] / sum;
        return weights;
    }

    /// <summary>L y = x.</summary>
    private static double[] ForwardSubstitute(double[,] factor, double[] x)
    {
        double[] y = (double[])x.Clone();
        for (int i = 0; i < y.Length; i++)
        {
            for (int p = 0; p < i; p++)
                y[i] -= factor[i, p] * y[p];
            y[i] /= factor[i, i];
        }

        return y;
    }

    /// <summary>L^T x = y, on the leading <paramref name="size"/> rows.</summary>
    private static double[] BackSubstitute(double[,] factor, double[] y, int size)
    {
        double[] x = (double[])y.Clone();
        for (int i = size - 1; i >= 0; i--)
        {
            for (int p = i + 1; p < size; p++)
                x[i] -= factor[p, i] * x[p];
            x[i] /= factor[i, i];
        }

        return x;
    }
}
