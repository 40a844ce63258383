namespace Unlearning.Host.Evaluation.Training;

/// <summary>Minimises a smooth convex function by L-BFGS with backtracking. Source: Nocedal and Wright, Numerical Optimization, algorithm
/// 7.5.</summary>
internal static class LimitedMemoryBfgs
{
    private const int Memory = 10;

    /// <summary>Writes the gradient at a point into the second argument and returns the value there.</summary>
    public delegate double Function(double[] point, double[] gradient);

    /// <summary>The minimiser, reached when the gradient has fallen to a hundred-thousandth or nothing more is gained.</summary>
    public static double[] Minimise(Function function, double[] start, int iterations)
    {
        int n = start.Length;
        double[] point = (double[])start.Clone();
        double[] gradient = new double[n];
        double value = function(point, gradient);
        double tolerance = 1e-5 * Math.Max(1.0, Norm(gradient));
        List<(double[] S, double[] Y, double Rho)> pairs = [];
        for (int iteration = 0; iteration < iterations && Norm(gradient) > tolerance; iteration++)
        {
            double[] direction = Direction(gradient, pairs);
            double slope = Dot(gradient, direction);
            double[] next = new double[n];
            double[] nextGradient = new double[n];
            double step = pairs.Count == 0 ? 1.0 / Math.Max(1.0, Norm(gradient)) : 1.0;
            double nextValue = double.PositiveInfinity;
            for (int halving = 0; halving < 40; halving++, step *= 0.5)
            {
                for (int i = 0; i < n; i++)
                {
                    next[i] = point[i] + (step * direction[i]);
                }

                nextValue = function(next, nextGradient);
                if (nextValue <= value + (1e-4 * step * slope))
                {
                    break;
                }
            }

            if (!(nextValue < value))
            {
                break;
            }

            Remember(pairs, point, next, gradient, nextGradient);
            (point, gradient, value) = (next, nextGradient, nextValue);
        }

        return point;
    }

    private static double[] Direction(double[] gradient, List<(double[] S, double[] Y, double Rho)> pairs)
    {
        double[] q = Array.ConvertAll(gradient, g => -g);
        double[] alphas = new double[pairs.Count];
        for (int k = pairs.Count - 1; k >= 0; k--)
        {
            alphas[k] = pairs[k].Rho * Dot(pairs[k].S, q);
            AddScaled(q, pairs[k].Y, -alphas[k]);
        }

        if (pairs.Count > 0)
        {
            (double[] s, double[] y, _) = pairs[^1];
            double scale = Dot(s, y) / Dot(y, y);
            for (int i = 0; i < q.Length; i++)
            {
                q[i] *= scale;
            }
        }

        for (int k = 0; k < pairs.Count; k++)
        {
            AddScaled(q, pairs[k].S, alphas[k] - (pairs[k].Rho * Dot(pairs[k].Y, q)));
        }

        return q;
    }

    private static void Remember(
        List<(double[] S, double[] Y, double Rho)> pairs, double[] point, double[] next, double[] gradient, double[] nextGradient)
    {
        double[] s = new double[point.Length];
        double[] y = new double[point.Length];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = next[i] - point[i];
            y[i] = nextGradient[i] - gradient[i];
        }

        double curvature = Dot(s, y);
        if (curvature > 1e-12 * Dot(y, y))
        {
            pairs.Add((s, y, 1.0 / curvature));
            if (pairs.Count > Memory)
            {
                pairs.RemoveAt(0);
            }
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0.0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static double Norm(double[] a) => Math.Sqrt(Dot(a, a));

    private static void AddScaled(double[] target, double[] source, double scale)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += scale * source[i];
        }
    }
}
