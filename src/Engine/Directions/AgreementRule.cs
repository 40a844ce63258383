namespace Unlearning.Engine.Directions;

/// <summary>What the dual space does where no objectives conflict and yet it stalls, as with parallel gradients.</summary>
public enum AgreementRule
{
    /// <summary>As in the paper: edges that vanish stay away, be it that nothing moves.</summary>
    Paper,

    /// <summary>The mean of the active gradients, which lowers every objective when none conflict.</summary>
    Mean,
}
