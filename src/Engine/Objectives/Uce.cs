using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>
/// Unlearning cross-entropy, for answers to forget: sum over t of -log(1 - f p_t), p_t the probability of the target at position t
/// and f the factor, 1/2 unless set.
/// </summary>
/// <remarks>
/// <para>Range [0, -log(1 - f)] a token, [0, log 2] for 1/2: unlike gradient ascent it is bounded (for f below 1), and 0 means forgotten.</para>
/// <para>
/// Gradient with respect to logit j: f p / (1 - f p) * ([j = y] - p_j). It vanishes at p = 0 (forgetting stops by itself) and for f below 1 also
/// at p = 1 (a wholly memorised token barely moves); on the target's logit it peaks, for 1/2, at 0.1716, where p = 2 - sqrt 2 = 0.586.
/// </para>
/// <para>
/// Computed as -log1p(-f p), which is exact to rounding for every p, 0 and 1 included. For f = 1 and p above 1/2 the
/// probability of the other tokens is summed instead, since 1 - p would be rounded away.
/// </para>
/// <para>
/// Source: L_UCE of MOLLM (Pan et al., arXiv 2412.20412); the factor 1/2 is the one in the same authors' FedOSD (AAAI 2025).
/// </para>
/// </remarks>
/// <param name="factor">f, above 0 and at most 1.</param>
public sealed class Uce(double factor = 0.5) : ITokenObjective
{
    private readonly double _factor = Setting.Share("uce", factor);

    /// <inheritdoc/>
    public string Name => "uce";

    /// <inheritdoc/>
    public bool NeedsReference => false;

    /// <inheritdoc/>
    public Tensor Sum(Tensor logits, Tensor targets, Tensor? referenceLogits)
    {
        using DisposeScope scope = NewDisposeScope();
        return (_factor == 1 ? LogOfOthers(logits, targets) : LogProbabilities.OfTargets(logits, targets).exp().Times(-_factor).log1p())
            .sum().neg().MoveToOuterDisposeScope();
    }

    /// <summary>log(1 - p).</summary>
    private static Tensor LogOfOthers(Tensor logits, Tensor targets)
    {
        Tensor p = LogProbabilities.OfTargets(logits, targets).exp();

        // Each sum relative to its own largest logit: a logarithm of large size would leave no digits to the gradient.
        Tensor wide = logits.to_type(p.dtype);
        Tensor rest = wide.Masked(targets.unsqueeze(1) == TensorArithmetic.Range(logits.shape[1], logits.device), double.NegativeInfinity);
        Tensor largest = wide.detach().amax([1], keepdim: true), largestOfRest = rest.detach().amax([1], keepdim: true);
        Tensor others = ((rest - largestOfRest).logsumexp(1) - (wide - largest).logsumexp(1)).Plus((largestOfRest - largest).squeeze(1));
        return where(p.IsAtMost(0.5), p.AtMost(0.5).neg().log1p(), others);
    }
}
