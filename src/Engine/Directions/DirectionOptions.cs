namespace Unlearning.Engine.Directions;

/// <summary>How a direction is formed; the defaults are the formulas as published.</summary>
public sealed record DirectionOptions
{
    /// <summary>For <c>weighted_sum</c>: one finite weight per objective, in the objectives' order. Null means 1 each.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>Whether gradients are brought to one length first. The reported weights refer to the gradients as they came.</summary>
    public GradientScaling Normalize { get; init; }

    /// <summary>
    /// One positive factor per objective on its gradient's length, after <see cref="Normalize"/>; null means 1 each. In the dual
    /// space each edge grows with its own gradient alone, so a preference lengthens that objective's edge and still harms no other.
    /// </summary>
    public IReadOnlyList<double>? Preferences { get; init; }

    /// <summary>The length the direction is brought to at the end.</summary>
    public DirectionRescale Rescale { get; init; }

    /// <summary>
    /// The most by which <see cref="Rescale"/> may lengthen a direction relative to the (normalised) gradients: one that almost
    /// vanished is mostly noise and must not become a full step. One shorter than their mean length divided by this is
    /// lengthened as if it were that long. At least 1.
    /// </summary>
    public double RescaleCap { get; init; } = 10;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal DirectionOptions Checked()
    {
        if (!(RescaleCap >= 1))
            throw new ArgumentException($"{nameof(RescaleCap)} must be at least 1; got {RescaleCap}.");
        if (Weights is not null && !Weights.All(double.IsFinite))
            throw new ArgumentException($"{nameof(Weights)} must be finite; got {string.Join(", ", Weights)}.");
        if (Preferences is not null && !Preferences.All(preference => double.IsFinite(preference) && preference > 0))
            throw new ArgumentException($"{nameof(Preferences)} must be finite and positive; got {string.Join(", ", Preferences)}.");
        if (!(Enum.IsDefined(Normalize) && Enum.IsDefined(Rescale)))
            throw new ArgumentException($"An option has no such value: {this}.");
        return this;
    }
}
