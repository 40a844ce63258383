namespace Unlearning.Engine.Models;

/// <summary>A rule that stretches the rotary frequencies so that a model reaches beyond the context it was first trained on.</summary>
public abstract record RopeScaling
{
    /// <summary>Scales the inverse frequencies in place.</summary>
    /// <param name="inverseFrequencies">theta^(-2i / d) for i = 0 .. d/2 - 1, in radians per position.</param>
    public abstract void Apply(Span<double> inverseFrequencies);
}
