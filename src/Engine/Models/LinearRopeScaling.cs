namespace Unlearning.Engine.Models;

/// <summary>Position interpolation: every frequency is divided by the same factor.</summary>
/// <param name="Factor">How many times longer the context becomes; positive.</param>
public sealed record LinearRopeScaling(double Factor) : RopeScaling
{
    /// <inheritdoc />
    public override void Apply(Span<double> inverseFrequencies)
    {
        foreach (ref var frequency in inverseFrequencies)
            frequency /= Factor;
    }
}
