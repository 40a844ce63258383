using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>Cross-entropy, for answers to keep good at: sum over t of -log p_t, p_t the probability of the target at position t.</summary>
/// <remarks>
/// Range [0, inf) a token. Gradient with respect to logit j: p_j - [j = y].
/// Source: the usual next-token loss; L_rt of MOLLM (Pan et al., arXiv 2412.20412).
/// </remarks>
public sealed class Ce : ITokenObjective
{
    /// <inheritdoc/>
    public string Name => "ce";

    /// <inheritdoc/>
    public bool NeedsReference => false;

    /// <inheritdoc/>
    public Tensor Sum(Tensor logits, Tensor targets, Tensor? referenceLogits)
    {
        using var scope = NewDisposeScope();
        return LogProbabilities.OfTargets(logits, targets).sum().neg().MoveToOuterDisposeScope();
    }
}
