namespace Unlearning.Engine.Directions;

/// <summary>
/// The sum of the gradients with fixed weights (<see cref="DirectionOptions.Weights"/>, 1 each by default): the gradient of the
/// weighted sum of the losses. Inactive gradients take part as they are.
/// </summary>
/// <remarks>It promises nothing: where objectives conflict, one may rise. Branch: <c>weighted</c>.</remarks>
public sealed class WeightedSum(DirectionOptions options) : GramDirection(options)
{
    /// <inheritdoc/>
    public override string Name => "weighted_sum";

    private protected override bool KeepsInactive => true;

    private protected override (double[] Weights, string Branch) Weigh(double[,] cosines, double[] lengths, double negligible)
    {
        double[] weights = Options.Weights is null ? [.. lengths.Select(_ => 1.0)] : [.. Options.Weights];
        return weights.Length == lengths.Length
            ? (weights, "weighted")
            : throw new ArgumentException($"{nameof(WeightedSum)} has {weights.Length} weights for {lengths.Length} objectives.");
    }
}
