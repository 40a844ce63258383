using CsCheck;

namespace Unlearning.Engine.Tests.Directions;

/// <summary>Generators of gradient matrices.</summary>
internal static class Gradients
{
    /// <summary>1 to 6 rows of 1 to 12 columns, some of them zero, copies, negated copies, or a hair from one; norms from 1e-10 to 1e10.</summary>
    public static Gen<double[][]> Any { get; } =
        from m in Gen.Int[1, 6]
        from d in Gen.Int[1, 12]
        from rows in Gen.Double[-1, 1].Array[d].Array[m]
        from kinds in Gen.Int[0, 9].Array[m]
        from exponents in Gen.Int[-10, 10].Array[m]
        select Scaled(Degenerate(rows, kinds), exponents);

    /// <summary>2 to 5 rows of 20 columns, plain: no two of them close to parallel.</summary>
    public static Gen<double[][]> WellConditioned { get; } =
        from m in Gen.Int[2, 5]
        from rows in Gen.Double[-1, 1].Array[20].Array[m]
        select rows;

    private static double[][] Degenerate(double[][] rows, int[] kinds)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            double[] previous = rows[Math.Max(i - 1, 0)];
            rows[i] = kinds[i] switch
            {
                0 => new double[previous.Length],
                1 => [.. previous],
                2 => [.. previous.Select(x => -2 * x)],
                3 => [.. previous.Zip(rows[i], (x, y) => x + 1e-4 * y)],
                4 => [.. previous.Zip(rows[i], (x, y) => -x + 1e-7 * y)],
                _ => rows[i],
            };
        }

        return rows;
    }

    private static double[][] Scaled(double[][] rows, int[] exponents) =>
        [.. rows.Select((row, i) => row.Select(x => x * Math.Pow(10, exponents[i])).ToArray())];
}
