namespace Unlearning.Engine.Directions;

/// <summary>What a direction did in one step; part of the run's record. All arrays are in the objectives' order, of length m.</summary>
/// <param name="Direction">The rule's name.</param>
/// <param name="Branch">Which case it took, e.g. <c>edges</c> or <c>agreement_mean</c>; the rule documents its own.</param>
/// <param name="Norms">||g_i||.</param>
/// <param name="Cosines">cos(g_i, g_j) in [-1, 1], m x m; 0 where a gradient is zero.</param>
/// <param name="Active">False for a gradient too small, next to the largest, to be more than noise.</param>
/// <param name="Weights">w, with d = J^T w for the gradients as they came. Entries may be negative: w is no mix of losses.</param>
/// <param name="JacobianProduct">
/// J d: objective i changes by -eta (J d)_i to first order. Known to about 1e-16 of ||g_i|| times the largest |w_j| ||g_j||.
/// </param>
/// <param name="DirectionNorm">||d||. Known to about 1e-8 of the largest |w_j| ||g_j||, as a root of a sum that may cancel.</param>
/// <param name="Stationarity">
/// The norm of the shortest point in the convex hull of the active gradients brought to unit length, in [0, 1]: 0 where no direction
/// lowers all of them (to about 1e-8), whatever their scales; also 0 when no gradient is active. A measure to read,
/// and to be preferred to ||d||, which depends on scales; no step stops by it.
/// </param>
public sealed record DirectionReport(
    string Direction,
    string Branch,
    double[] Norms,
    double[,] Cosines,
    bool[] Active,
    double[] Weights,
    double[] JacobianProduct,
    double DirectionNorm,
    double Stationarity);
