namespace Unlearning.Engine.Directions;

/// <summary>
/// UPGrad: d = (1/k) sum over the k active gradients of the projection of g_i on the dual cone {x : J x >= 0}, so J d >= 0. Exact, by
/// active sets.
/// </summary>
/// <remarks>
/// <para>
/// It gives the mean gradient where nothing conflicts and never stalls where a common descent direction exists; it keeps less of each objective's
/// own wish than the dual space when they conflict, since what lowers one may lower another too. Weights are at least 0.
/// </para>
/// <para>
/// Precision: rounding at ordinary angles. Gradients nearly opposite to each other would need weights that G, whose condition is squared,
/// leaves uncertain; there the active set is taken that harms least, and the promise holds to about 1e-5 of the longest gradient.
/// </para>
/// <para>
/// Branches: <c>agreement_mean</c> (nothing conflicts: d is the mean), <c>projected</c>, <c>inactive</c> (no gradient at all).
/// Source: Quinton and Rey, Jacobian Descent for Multi-Objective Optimization (arXiv 2406.16232).
/// </para>
/// </remarks>
public sealed class UpGrad(DirectionOptions options) : GramDirection(options)
{
    /// <inheritdoc/>
    public override string Name => "upgrad";

    private protected override (double[] Weights, string Branch) Weigh(double[,] cosines, double[] lengths, double negligible)
    {
        double[] overUnitRows = DualCone.MeanProjection(cosines, lengths, negligible);
        string branch = cosines.Cast<double>().All(c => c >= 0) ? "agreement_mean" : "projected";
        return ([.. overUnitRows.Select((b, i) => b / lengths[i])], branch);
    }
}
