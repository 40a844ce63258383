namespace Unlearning.Engine.Models;

/// <summary>
/// The scaling of Llama 3.1: slow frequencies are divided by <paramref name="Factor"/>, fast ones are kept, and those
/// between are blended. Source: <c>apply_scaling</c> in Meta's llama-models.
/// </summary>
/// <param name="Factor">How many times longer the context becomes; positive.</param>
/// <param name="LowFrequencyFactor">Waves longer than the original context divided by this are slow.</param>
/// <param name="HighFrequencyFactor">Waves shorter than the original context divided by this are fast.</param>
/// <param name="OriginalMaxPositions">The context before scaling, in tokens.</param>
public sealed record Llama3RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions)
    : RopeScaling
{
    /// <inheritdoc />
    public override void Apply(Span<double> inverseFrequencies)
    {
        foreach (ref var frequency in inverseFrequencies)
        {
            var turnsInContext = OriginalMaxPositions * frequency / (2 * Math.PI);
            if (turnsInContext < LowFrequencyFactor)
            {
                frequency /= Factor;
            }
            else if (turnsInContext <= HighFrequencyFactor)
            {
                var kept = (turnsInContext - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
                frequency *= kept + ((1 - kept) / Factor);
            }
        }
    }
}
