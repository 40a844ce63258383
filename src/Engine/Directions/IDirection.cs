namespace Unlearning.Engine.Directions;

/// <summary>
/// The rule that turns the gradients of m objectives into one update. It sees only their Gram matrix and answers with weights:
/// J has one gradient per row, the direction is d = J^T w, and the parameters then move by -eta d.
/// </summary>
public interface IDirection
{
    /// <summary>The name in configuration and manifests.</summary>
    string Name { get; }

    /// <summary>Chooses the weights.</summary>
    /// <param name="gram">G = J J^T, m x m for any m of at least 1, dot products summed in float64.</param>
    /// <param name="inactiveThreshold">
    /// What counts as noise, relative, in [0, 1): a gradient whose norm is at most this times the largest norm is inactive, and so is
    /// a part of a gradient at an angle whose sine is at most this to the others. 1e-12 for gradients computed in float64, 1e-6 for float32
    /// (there a gradient that should be zero is noise of about 1e-7 of the largest). With 0 only exact zeros are inactive.
    /// </param>
    /// <param name="names">The objectives' names, for error messages.</param>
    /// <exception cref="NonFiniteGradientException">A gradient holds NaN or infinity, or is too large to be squared.</exception>
    /// <exception cref="ArgumentException">The matrix is no Gram matrix, or does not fit the options.</exception>
    DirectionReport Combine(double[,] gram, double inactiveThreshold, IReadOnlyList<string>? names = null);
}
