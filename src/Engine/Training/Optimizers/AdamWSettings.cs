namespace Unlearning.Engine.Training.Optimizers;

/// <summary>The settings of <see cref="AdamW"/>; the defaults are PyTorch's.</summary>
public sealed record AdamWSettings
{
    /// <summary>Decay of the running mean of the direction, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running mean of its square, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment, above 0.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled decay: each step first multiplies the parameters by 1 - learning rate * this. At least 0.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    internal AdamWSettings Checked()
    {
        bool valid = Beta1 is >= 0 and < 1 && Beta2 is >= 0 and < 1 && Epsilon > 0 && double.IsFinite(Epsilon)
            && WeightDecay >= 0 && double.IsFinite(WeightDecay);
        return valid ? this : throw new ArgumentException(
            $"AdamW needs 0 <= beta < 1, epsilon > 0 and weight decay >= 0; got {this}.");
    }
}
