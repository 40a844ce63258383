using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>
/// Causal attention over whole sequences that start at position 0. Rows are padded on the right: padding cannot reach a real
/// token through the causal mask, so no padding mask is needed.
/// </summary>
public sealed class CausalAttention : IAttention, IDisposable
{
    private readonly Tensor _cosine;
    private readonly Tensor _sine;
    private readonly Tensor _mask;
    private readonly KeyValueCache? _cache;

    /// <summary>Prepares tables for sequences of <paramref name="tokens"/> tokens.</summary>
    /// <param name="rotary">The model's rotary table.</param>
    /// <param name="tokens">Padded sequence length.</param>
    /// <param name="cache">Receives each layer's rotated keys and its values, for generation; null in training.</param>
    public CausalAttention(RotaryTable rotary, long tokens, KeyValueCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(rotary);
        (_cosine, _sine) = rotary.Range(tokens);
        _cache = cache;
        using Tensor hidden = TensorArithmetic.Filled(tokens, tokens, double.NegativeInfinity, _cosine.dtype, _cosine.device);
        _mask = hidden.triu(1);
        _mask.DetachFromDisposeScope();
        _cosine.DetachFromDisposeScope();
        _sine.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor query, Tensor key, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(query);
        Tensor rotated = RotaryTable.Rotate(key, _cosine, _sine);
        _cache?.Fill(layer, rotated, value);
        return GroupedAttention.Attend(RotaryTable.Rotate(query, _cosine, _sine), rotated, value, _mask);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cosine.Dispose();
        _sine.Dispose();
        _mask.Dispose();
    }
}
