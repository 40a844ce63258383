namespace Unlearning.Engine.Directions;

/// <summary>The shortest point in the convex hull of vectors n_i u_i.</summary>
/// <param name="Weights">a_i >= 0, summing to 1; the point is sum a_i n_i u_i.</param>
/// <param name="Norm">Its length, in the unit of the n_i; exactly 0 where the hull reaches the origin to the precision asked for.</param>
internal sealed record ShortestPoint(double[] Weights, double Norm)
{
    /// <summary>Up to this many vectors all faces are tried, 4,095 at the most; beyond it, Wolfe's algorithm walks from face to face.</summary>
    private const int MostEnumerated = 12;

    /// <summary>The rounding allowed, relative, when a vector is asked whether it would shorten the point.</summary>
    private const double Tolerance = 1e-14;

    /// <param name="cosines">C_ij = u_i . u_j, k x k, unit diagonal.</param>
    /// <param name="lengths">n_i > 0.</param>
    /// <param name="negligible">Squared sines up to this are 0.</param>
    public static ShortestPoint Of(double[,] cosines, double[] lengths, double negligible) =>
        lengths.Length <= MostEnumerated ? Enumerate(cosines, lengths, negligible) : Walk(cosines, lengths, negligible);

    /// <summary>
    /// The best of all faces whose own shortest point lies inside them. By Caratheodory the optimum is inside an affinely independent
    /// face, and vertices always qualify, so there is always one.
    /// </summary>
    internal static ShortestPoint Enumerate(double[,] cosines, double[] lengths, double negligible)
    {
        ShortestPoint? best = null;
        for (int mask = 1; mask < 1 << lengths.Length; mask++)
        {
            int[] face = [.. Enumerable.Range(0, lengths.Length).Where(i => (mask >> i & 1) == 1)];
            if (Face.Minimum(cosines, lengths, face, negligible) is (double[] weights, double norm)
                && weights.All(a => a >= 0) && !(norm >= best?.Norm))
                best = new ShortestPoint(weights, norm);
        }

        return best!;
    }

    /// <summary>Wolfe, Mathematical Programming 11 (1976): add the vector that shortens most, drop those whose weight reaches 0.</summary>
    internal static ShortestPoint Walk(double[,] cosines, double[] lengths, double negligible)
    {
        int k = lengths.Length;
        int start = Array.IndexOf(lengths, lengths.Min());
        ShortestPoint point = new([.. Enumerable.Range(0, k).Select(i => i == start ? 1.0 : 0)], lengths[start]);
        List<int> face = [start];

        // Each round is strictly shorter, so a bound on their number only guards against rounding.
        for (int round = 0; round < 10 * k && point.Norm > 0; round++)
        {
            if (Entering(cosines, lengths, point) is not int entering || face.Contains(entering))
                return point;
            face.Add(entering);
            double[] weights = point.Weights;
            while (true)
            {
                if (Face.Minimum(cosines, lengths, [.. face], negligible) is not (double[] target, double norm))
                    return point;
                if (face.All(i => target[i] >= 0))
                {
                    if (norm >= point.Norm)
                        return point;
                    point = new ShortestPoint(target, norm);
                    face.RemoveAll(i => target[i] == 0);
                    break;
                }

                double step = face.Where(i => target[i] < 0).Min(i => weights[i] / (weights[i] - target[i]));
                weights = [.. weights.Select((a, i) => Math.Max(a + step * (target[i] - a), 0))];
                int leaving = face.Where(i => target[i] < 0).MinBy(i => weights[i]);
                weights[leaving] = 0;
                face.Remove(leaving);
            }
        }

        return point;
    }

    /// <summary>The vector with the shortest projection on the point, if that is shorter than the point.</summary>
    private static int? Entering(double[,] cosines, double[] lengths, ShortestPoint point)
    {
        int? entering = null;
        double least = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            double along = 0;
            for (int j = 0; j < lengths.Length; j++)
                along += cosines[i, j] * lengths[j] * point.Weights[j];

            // In units of the vector's own length, or a long vector's rounding would hide what a short one has to say.
            double gain = along - point.Norm * (point.Norm / lengths[i]);
            if (gain < least - Tolerance * point.Norm)
                (entering, least) = (i, gain);
        }

        return entering;
    }
}
