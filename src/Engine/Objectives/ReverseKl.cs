using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>
/// Reverse Kullback-Leibler divergence from the frozen model: the sum over positions of KL(pi || pi_0) = sum over j of
/// pi_j (log pi_j - log pi_0j), pi and pi_0 the next-token distributions of the model in training and of the frozen one.
/// </summary>
/// <remarks>
/// Range [0, inf) a position. Where <see cref="Kl"/> punishes what the model no longer says, this punishes what it newly says, and
/// lets it drop some of the frozen model's answers. Gradient with respect to logit j: pi_j (log pi_j - log pi_0j - KL). The targets
/// are not used, only the positions. Source: the usual definition (Kullback and Leibler, 1951), as in regularised fine-tuning.
/// </remarks>
public sealed class ReverseKl : ITokenObjective
{
    /// <inheritdoc/>
    public string Name => "kl_reverse";

    /// <inheritdoc/>
    public bool NeedsReference => true;

    /// <inheritdoc/>
    public Tensor Sum(Tensor logits, Tensor targets, Tensor? referenceLogits)
    {
        ArgumentNullException.ThrowIfNull(referenceLogits);
        using var scope = NewDisposeScope();
        Tensor logReference = LogProbabilities.Of(referenceLogits.detach());
        Tensor logModel = LogProbabilities.Of(logits);
        return logModel.exp().mul(logModel.sub(logReference)).sum().MoveToOuterDisposeScope();
    }
}
