using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>
/// Unlearning cross-entropy, for answers to forget: sum over t of -log(1 - p_t / 2), p_t the probability of the target at position t.
/// </summary>
/// <remarks>
/// <para>Range [0, log 2] a token: unlike gradient ascent it is bounded, and 0 means forgotten.</para>
/// <para>
/// Gradient with respect to logit j: p / (2 - p) * ([j = y] - p_j). It vanishes at p = 0 (forgetting stops by itself) and also
/// at p = 1 (a wholly memorised token barely moves); on the target's logit it peaks at 0.1716, where p = 2 - sqrt 2 = 0.586.
/// </para>
/// <para>
/// Computed as -log1p(-exp(log p) / 2), which is exact to rounding for every p, 0 and 1 included.
/// </para>
/// <para>
/// Source: L_UCE of MOLLM (Pan et al., arXiv 2412.20412); the factor 1/2 is the one in the same authors' FedOSD (AAAI 2025).
/// </para>
/// </remarks>
public sealed class Uce : IObjective
{
    internal const string ObjectiveName = "uce";

    /// <inheritdoc/>
    public string Name => ObjectiveName;

    /// <inheritdoc/>
    public bool NeedsReference => false;

    /// <inheritdoc/>
    public Tensor Sum(Tensor logits, Tensor targets, Tensor? referenceLogits)
    {
        using var scope = NewDisposeScope();
        return LogProbabilities.OfTargets(logits, targets).exp().mul(-0.5).log1p().sum().neg().MoveToOuterDisposeScope();
    }
}
