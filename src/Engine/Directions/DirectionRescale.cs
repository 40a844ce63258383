namespace Unlearning.Engine.Directions;

/// <summary>The length a direction is brought to once it is formed.</summary>
public enum DirectionRescale
{
    /// <summary>As the rule gives it.</summary>
    None,

    /// <summary>The mean norm of the active gradients.</summary>
    MeanNorm,

    /// <summary>Norm 1.</summary>
    Unit,
}
