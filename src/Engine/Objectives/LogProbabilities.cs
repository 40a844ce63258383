using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>Logits to log-probabilities, in a precision that a loss can bear.</summary>
internal static class LogProbabilities
{
    /// <summary>log softmax over the vocabulary: [n, V] to [n, V], float32 at least.</summary>
    public static Tensor Of(Tensor logits)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = logits.to_type(logits.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        return nn.functional.log_softmax(wide, -1).MoveToOuterDisposeScope();
    }

    /// <summary>log p of each position's target: [n, V] and [n] to [n].</summary>
    /// <remarks>
    /// Through log softmax, which subtracts the largest logit before anything else; <c>z_y - logsumexp(z)</c> is cheaper but
    /// loses digits when the logits are large.
    /// </remarks>
    public static Tensor OfTargets(Tensor logits, Tensor targets)
    {
        using DisposeScope scope = NewDisposeScope();
        return Of(logits).gather(1, targets.unsqueeze(1)).squeeze(1).MoveToOuterDisposeScope();
    }
}
