namespace Unlearning.Engine.Directions;

/// <summary>
/// A checked Gram matrix, kept as norms and cosines: G_ij = n_i n_j C_ij. Everything that follows works on C, whose diagonal is 1,
/// so that no decision depends on how long a gradient is.
/// </summary>
/// <remarks>
/// Going through the Gram matrix squares the condition number: with gradients whose angles have sine s, C resolves s^2 down to
/// 1e-16, that is angles down to about 1e-8 and those to no digit. Well-conditioned gradients lose nothing (errors about 1e-13).
/// </remarks>
internal sealed class GramMatrix
{
    /// <summary>Squared sines up to this are rounding, even of gradients computed in float64.</summary>
    public const double Resolution = 1e-14;

    private GramMatrix(double[] norms, double[,] cosines, bool[] active)
    {
        Norms = norms;
        Cosines = cosines;
        Active = active;
    }

    public int Count => Norms.Length;

    public double[] Norms { get; }

    /// <summary>m x m; a zero gradient has cosine 0 with everything, itself included.</summary>
    public double[,] Cosines { get; }

    public bool[] Active { get; }

    public static GramMatrix From(double[,] gram, double inactiveThreshold, IReadOnlyList<string>? names)
    {
        int m = gram.GetLength(0);
        if (m == 0 || gram.GetLength(1) != m)
            throw new ArgumentException($"A Gram matrix is square and not empty; this one is {m} x {gram.GetLength(1)}.", nameof(gram));
        if (names is not null && names.Count != m)
            throw new ArgumentException($"{names.Count} names for {m} objectives.", nameof(names));
        if (inactiveThreshold is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(inactiveThreshold), inactiveThreshold, "The threshold must be in [0, 1).");
        ThrowIfNotFinite(gram, names);

        double[] norms = new double[m];
        for (int i = 0; i < m; i++)
        {
            norms[i] = gram[i, i] >= 0
                ? Math.Sqrt(gram[i, i])
                : throw new ArgumentException($"A Gram matrix has no negative diagonal; entry {i} is {gram[i, i]:R}.", nameof(gram));
        }

        double[,] cosines = new double[m, m];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < i; j++)
                cosines[i, j] = cosines[j, i] = norms[i] > 0 && norms[j] > 0 ? Math.Clamp(gram[i, j] / norms[i] / norms[j], -1, 1) : 0;
            cosines[i, i] = norms[i] > 0 ? 1 : 0;
        }

        double least = inactiveThreshold * norms.Max();
        return new GramMatrix(norms, cosines, [.. norms.Select(n => n > least)]);
    }

    /// <summary>C restricted to <paramref name="rows"/>.</summary>
    public double[,] CosinesOf(int[] rows)
    {
        double[,] part = new double[rows.Length, rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows.Length; j++)
                part[i, j] = Cosines[rows[i], rows[j]];
        }

        return part;
    }

    /// <summary>J d and ||d|| for d = J^T w.</summary>
    public (double[] JacobianProduct, double Norm) Apply(double[] weights)
    {
        double[] product = new double[Count];
        double square = 0;
        for (int i = 0; i < Count; i++)
        {
            double alongUnit = 0;
            for (int j = 0; j < Count; j++)
                alongUnit += Cosines[i, j] * (weights[j] * Norms[j]);
            product[i] = Norms[i] * alongUnit;
            square += weights[i] * Norms[i] * alongUnit;
        }

        return (product, Math.Sqrt(Math.Max(square, 0)));
    }

    private static void ThrowIfNotFinite(double[,] gram, IReadOnlyList<string>? names)
    {
        int m = gram.GetLength(0);
        int[] rows = [.. Enumerable.Range(0, m).Where(i => !double.IsFinite(gram[i, i]))];

        // With a finite diagonal, a bad entry (an overflow) belongs to two gradients and both are named.
        if (rows.Length == 0)
            rows = [.. Enumerable.Range(0, m).Where(i => Enumerable.Range(0, m).Any(j => !double.IsFinite(gram[i, j])))];
        if (rows.Length > 0)
            throw new NonFiniteGradientException(rows, names);
    }
}
