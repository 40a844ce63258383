using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>A loss over answer positions: the logits at n positions, and the tokens that came next.</summary>
/// <remarks>
/// The loss is a <b>sum</b>, so that a batch may be cut into micro-batches: the caller divides by the answer tokens of the
/// whole batch, never by those of a part. Log-probabilities are taken in float32 at least (float64 stays float64).
/// </remarks>
public interface ITokenObjective : IObjective
{
    /// <summary>The sum over the n positions, differentiable in <paramref name="logits"/> alone.</summary>
    /// <param name="logits">[n, vocabulary], any floating type.</param>
    /// <param name="targets">[n], int64, in range (batches are checked when they are built).</param>
    /// <param name="referenceLogits">[n, vocabulary], or null where <see cref="IObjective.NeedsReference"/> is false; no gradient flows into it.</param>
    /// <returns>A scalar in nats, float32 or float64.</returns>
    /// <exception cref="ArgumentNullException">The reference is needed and missing.</exception>
    Tensor Sum(Tensor logits, Tensor targets, Tensor? referenceLogits);
}
