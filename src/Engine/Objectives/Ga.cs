using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>Gradient ascent, for answers to forget: sum over t of log p_t, the negative cross-entropy.</summary>
/// <remarks>
/// Range (-inf, 0] a token, and it never stops: the gradient with respect to logit j, [j = y] - p_j, is largest when the answer is
/// already forgotten, so the model soon answers nothing well. Kept as the rival that others are compared with.
/// Source: Jang et al., Knowledge Unlearning for Mitigating Privacy Risks in Language Models (ACL 2023, arXiv 2210.01504).
/// </remarks>
public sealed class Ga : ITokenObjective
{
    /// <inheritdoc/>
    public string Name => "ga";

    /// <inheritdoc/>
    public bool NeedsReference => false;

    /// <inheritdoc/>
    public Tensor Sum(Tensor logits, Tensor targets, Tensor? referenceLogits)
    {
        using var scope = NewDisposeScope();
        return LogProbabilities.OfTargets(logits, targets).sum().MoveToOuterDisposeScope();
    }
}
