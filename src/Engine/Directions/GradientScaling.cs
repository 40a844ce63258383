namespace Unlearning.Engine.Directions;

/// <summary>Whether the gradients are brought to one length before a direction is formed from them.</summary>
public enum GradientScaling
{
    /// <summary>As they are: a long gradient counts for more.</summary>
    None,

    /// <summary>Each to norm 1. Inactive gradients count as zero.</summary>
    Unit,

    /// <summary>Each to the mean norm of the active ones, so that the step keeps the gradients' size. Inactive ones count as zero.</summary>
    MeanNorm,
}
