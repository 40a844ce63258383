namespace Unlearning.Engine.Directions;

/// <summary>
/// The dual space made robust, the default: d = (1/k) sum e_i over the k active objectives, edge e_i being gradient i less its
/// projection on the span of the others, as long as that rule moves and keeps its promise; else the dual cone, else min-norm.
/// </summary>
/// <remarks>
/// <para>
/// It differs from <see cref="DualSpacePaper"/>, whose edges, precision and source are the same, in two ways. An edge stalls when its
/// gradient is within 0.6 degrees of the span of the others. If the gradients nevertheless have a common descent direction (one at a cosine
/// of at least 0.01 to each), d is <see cref="UpGrad"/>'s, the mean gradient where nothing conflicts: every active objective then falls.
/// And J d is checked before it is believed: an objective that would rise by more than rounding sends the choice on to the dual cone
/// and then to the shortest point of the convex hull.
/// </para>
/// <para>
/// Branches: <c>single</c> (one active gradient: d is it), <c>edges</c>, <c>edges_rank_deficient</c> (some edges vanish, and so they must),
/// <c>agreement_mean</c> (stalled, nothing conflicts), <c>dual_cone</c> (stalled and something conflicts, or the edges failed the check),
/// <c>min_norm</c> (the dual cone failed it too; no matrix is known that leads here, among some 400,000 random ones that are far from any
/// gradients' none did), <c>stationary</c> (nothing passed: d = 0), <c>inactive</c> (no gradient at all).
/// </para>
/// </remarks>
public sealed class DualSpace(DirectionOptions options) : GramDirection(options)
{
    /// <summary>An edge stalls when its angle to the others' span has a squared sine below this.</summary>
    private const double Stalled = 1e-4;

    /// <summary>Gradients have a common descent direction worth following when it is at this cosine to each of them, or more.</summary>
    private const double Movable = 0.01;

    /// <inheritdoc/>
    public override string Name => "dual_space";

    private protected override (double[] Weights, string Branch) Weigh(double[,] cosines, double[] lengths, double negligible)
    {
        (double[] overUnitRows, string branch) = Choose(cosines, lengths, negligible);
        return ([.. overUnitRows.Select((b, i) => b / lengths[i])], branch);
    }

    private static (double[] OverUnitRows, string Branch) Choose(double[,] cosines, double[] lengths, double negligible)
    {
        Edges edges = Edges.Of(cosines, lengths, negligible);
        bool stalled = edges.LeastSquaredSine < Stalled
            && ShortestPoint.Of(cosines, [.. lengths.Select(_ => 1.0)], negligible).Norm >= Movable;
        if (!stalled && Harmless(cosines, edges.OverUnitRows))
            return (edges.OverUnitRows, lengths.Length == 1 ? "single" : edges.LeastSquaredSine <= negligible ? "edges_rank_deficient" : "edges");

        return Fallback(cosines, lengths, negligible, DualCone.MeanProjection(cosines, lengths, negligible), stalled);
    }

    /// <summary>What is taken in place of the edges: the first that passes the check of <paramref name="cone"/>, the shortest point, and standing still.</summary>
    internal static (double[] OverUnitRows, string Branch) Fallback(
        double[,] cosines, double[] lengths, double negligible, double[] cone, bool stalled)
    {
        if (Harmless(cosines, cone))
            return (cone, stalled && cosines.Cast<double>().All(c => c >= 0) ? "agreement_mean" : "dual_cone");

        ShortestPoint shortest = ShortestPoint.Of(cosines, lengths, negligible);
        double[] hull = [.. shortest.Weights.Zip(lengths, (a, n) => a * n)];
        return shortest.Norm > 0 && Harmless(cosines, hull) ? (hull, "min_norm") : (new double[lengths.Length], "stationary");
    }

    /// <summary>Whether sum b_j u_j is against no gradient, as far as float64 can tell.</summary>
    private static bool Harmless(double[,] cosines, double[] overUnitRows)
    {
        int k = overUnitRows.Length;
        double[] along = new double[k];
        double square = 0;
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < k; j++)
                along[i] += cosines[i, j] * overUnitRows[j];
            square += overUnitRows[i] * along[i];
        }

        // 1e-9 of ||d||, or what cancellation in the sums leaves uncertain.
        double allowed = Math.Max(1e-9 * Math.Sqrt(Math.Max(square, 0)), 1e-15 * k * overUnitRows.Sum(Math.Abs));
        return along.All(a => a >= -allowed);
    }
}
