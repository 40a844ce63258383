using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>A loss of the probabilities of whole answers, each the product over its answer tokens.</summary>
/// <remarks>
/// The caller sums the tokens' log-probabilities first, then asks for this loss and its slope with respect to each answer, and
/// lets the slope flow into that answer's tokens: the logits of a batch never need to be there at once.
/// </remarks>
public interface ISequenceObjective : IObjective
{
    /// <summary>
    /// Whether answers come in pairs to the same prompt, one after the other: the chosen, then the rejected.
    /// </summary>
    bool NeedsPairs { get; }

    /// <summary>The mean over the batch's answers (or pairs), differentiable in <paramref name="logProbabilities"/> alone.</summary>
    /// <param name="logProbabilities">Sum over each answer's tokens of log p, in nats, [n], float64.</param>
    /// <param name="reference">The same under the frozen model, or null where <see cref="IObjective.NeedsReference"/> is false.</param>
    /// <param name="tokens">Number of each answer's tokens, at least 1, [n], float64.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentNullException">The reference is needed and missing.</exception>
    Tensor Mean(Tensor logProbabilities, Tensor? reference, Tensor tokens);
}
