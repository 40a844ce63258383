namespace Unlearning.Engine.Directions;

/// <summary>
/// MGDA: d is the shortest point in the convex hull of the active gradients, so w is on the simplex and (J d)_i >= ||d||^2 for all of them.
/// </summary>
/// <remarks>
/// <para>
/// The guarantee is as strong as the dual space's, but d follows the shortest gradient: next to a KL gradient that has only begun
/// to grow it is nearly nothing, unless <see cref="DirectionOptions.Normalize"/> brings the gradients to one length.
/// </para>
/// <para>
/// Branches: <c>interior</c> (every active gradient has weight), <c>face</c> (some have none), <c>stationary</c> (d = 0: no direction
/// lowers every objective), <c>inactive</c> (no gradient at all).
/// Source: Desideri, Comptes Rendus Mathematique 350 (2012); Sener and Koltun, NeurIPS 2018.
/// </para>
/// </remarks>
public sealed class MinNorm(DirectionOptions options) : GramDirection(options)
{
    /// <inheritdoc/>
    public override string Name => "min_norm";

    private protected override (double[] Weights, string Branch) Weigh(double[,] cosines, double[] lengths, double negligible)
    {
        ShortestPoint shortest = ShortestPoint.Of(cosines, lengths, negligible);
        string branch = shortest.Norm == 0 ? "stationary" : shortest.Weights.All(a => a > 0) ? "interior" : "face";
        return (shortest.Weights, branch);
    }
}
