using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>
/// Forward Kullback-Leibler divergence from the frozen model, for prompts on which nothing should change: the sum over positions
/// of KL(pi_0 || pi) = sum over j of pi_0j (log pi_0j - log pi_j), pi_0 and pi the next-token distributions of the frozen model
/// and of the one in training.
/// </summary>
/// <remarks>
/// Range [0, inf) a position. Gradient with respect to logit j: pi_j - pi_0j, hence zero (up to rounding) as long as the model is
/// the frozen one, which it is at a run's first step. The targets are not used, only the positions.
/// Source: L_KL of MOLLM (Pan et al., arXiv 2412.20412); the direction pi_0 || pi is the field's convention, since the paper's is not public.
/// </remarks>
public sealed class Kl : ITokenObjective
{
    /// <inheritdoc/>
    public string Name => "kl";

    /// <inheritdoc/>
    public bool NeedsReference => true;

    /// <inheritdoc/>
    public Tensor Sum(Tensor logits, Tensor targets, Tensor? referenceLogits)
    {
        ArgumentNullException.ThrowIfNull(referenceLogits);
        using var scope = NewDisposeScope();
        Tensor logReference = LogProbabilities.Of(referenceLogits.detach());
        Tensor logModel = LogProbabilities.Of(logits);
        return logReference.exp().mul(logReference.sub(logModel)).sum().MoveToOuterDisposeScope();
    }
}
