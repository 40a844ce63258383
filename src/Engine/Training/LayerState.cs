using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>What the backward pass of a layer needs from its forward pass. n tokens; r the rank.</summary>
/// <param name="Queries">Rotated queries, [n, heads * head_dim].</param>
/// <param name="Keys">Rotated keys, [n, kv_heads * head_dim].</param>
/// <param name="Values">[n, kv_heads * head_dim].</param>
/// <param name="Attended">Attention's output, [n, heads * head_dim].</param>
/// <param name="Middle">The residual stream between the halves, [n, hidden].</param>
/// <param name="Gate">Before the activation, [n, intermediate].</param>
/// <param name="Up">[n, intermediate].</param>
/// <param name="Reduced">scale A x of the four groups of modules that share an input, [n, 3 r], [n, r], [n, 2 r] and [n, r].</param>
internal sealed record LayerState(
    Tensor Queries, Tensor Keys, Tensor Values, Tensor Attended, Tensor Middle, Tensor Gate, Tensor Up, IReadOnlyList<Tensor> Reduced) : IDisposable
{
    public void Dispose()
    {
        foreach (Tensor tensor in (Tensor[])[Queries, Keys, Values, Attended, Middle, Gate, Up, .. Reduced])
            tensor.Dispose();
    }

    /// <summary>Takes the tensors out of every dispose scope.</summary>
    public LayerState Detach()
    {
        foreach (Tensor tensor in (Tensor[])[Queries, Keys, Values, Attended, Middle, Gate, Up, .. Reduced])
            tensor.DetachFromDisposeScope();
        return this;
    }
}
