namespace Unlearning.Engine.Directions;

/// <summary>
/// Dual-space MGDA as published: the mean of the edges of the dual cone, d = (1/k) sum e_i over the k active objectives, edge e_i
/// being gradient i less its projection on the span of the others. <see cref="DualSpace"/> is the same rule made robust.
/// </summary>
/// <remarks>
/// <para>
/// J d = s / k with s_i = ||e_i||^2, so no objective ever rises to first order; where G is regular, w = G^-1 s / k. Weights may be negative.
/// The lengths behave unlike a mean's: conflict makes d longer, agreement shorter, and parallel gradients give 0 although every
/// objective would gain from moving.
/// </para>
/// <para>
/// Branches: <c>single</c> (one active gradient: d is it), <c>edges</c>, <c>edges_rank_deficient</c> (some edges vanish),
/// <c>inactive</c> (no gradient at all).
/// </para>
/// <para>
/// Precision: going through G squares the condition number. Relative to ||d|| the error is about 1e-16 times the condition number of
/// C: 1e-13 for gradients at ordinary angles, 1e-4 where two of them are 1e-6 from one line. Within about 1e-7 they count as parallel:
/// their own edges are then wrong by at most that angle, but another gradient is no longer projected off their difference, which
/// G in float64 does not show. The promise holds throughout, to about 3e-8 of the longest gradient: no objective rises.
/// </para>
/// <para>
/// Source: MOLLM (Pan et al., arXiv 2412.20412), there DS-MGDA; the least squares: Goodnight, The American Statistician 33 (1979).
/// </para>
/// </remarks>
public sealed class DualSpacePaper(DirectionOptions options) : GramDirection(options)
{
    /// <inheritdoc/>
    public override string Name => "dual_space_paper";

    private protected override (double[] Weights, string Branch) Weigh(double[,] cosines, double[] lengths, double negligible)
    {
        Edges edges = Edges.Of(cosines, lengths, negligible);
        string branch = lengths.Length == 1 ? "single" : edges.LeastSquaredSine <= negligible ? "edges_rank_deficient" : "edges";
        return ([.. edges.OverUnitRows.Select((b, i) => b / lengths[i])], branch);
    }
}
