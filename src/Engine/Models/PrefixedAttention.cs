using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>
/// Causal attention of rows that all continue one prefix whose keys and values are known: only the rest of each row is computed.
/// Rows are padded on the right.
/// </summary>
public sealed class PrefixedAttention : IAttention, IDisposable
{
    private readonly KeyValueCache _prefix;
    private readonly KeyValueCache _cache;
    private readonly Tensor _cosine;
    private readonly Tensor _sine;
    private readonly Tensor _mask;

    /// <summary>Prepares tables for <paramref name="tokens"/> tokens that stand behind the prefix.</summary>
    /// <param name="rotary">The model's rotary table.</param>
    /// <param name="tokens">Padded length of the rows without their prefix.</param>
    /// <param name="prefix">One row that holds the prefix.</param>
    /// <param name="cache">Receives each layer's rotated keys and its values, prefix included.</param>
    public PrefixedAttention(RotaryTable rotary, long tokens, KeyValueCache prefix, KeyValueCache cache)
    {
        ArgumentNullException.ThrowIfNull(rotary);
        ArgumentNullException.ThrowIfNull(prefix);
        _prefix = prefix;
        _cache = cache;
        long before = prefix.Lengths[0];
        (Tensor cosine, Tensor sine) = rotary.Range(before + tokens);
        using (cosine)
        using (sine)
        {
            _cosine = cosine.narrow(0, before, tokens).DetachFromDisposeScope();
            _sine = sine.narrow(0, before, tokens).DetachFromDisposeScope();
        }

        using Tensor hidden = TensorArithmetic.Filled(tokens, before + tokens, double.NegativeInfinity, _cosine.dtype, _cosine.device);
        _mask = hidden.triu(before + 1).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor query, Tensor key, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        long rows = key.shape[0];
        (Tensor prefixKeys, Tensor prefixValues) = _prefix.Held(layer);
        Tensor keys = cat([prefixKeys.expand(rows, -1, -1, -1), RotaryTable.Rotate(key, _cosine, _sine)], 2);
        Tensor values = cat([prefixValues.expand(rows, -1, -1, -1), value], 2);
        _cache.Fill(layer, keys, values);
        return GroupedAttention.Attend(RotaryTable.Rotate(query, _cosine, _sine), keys, values, _mask);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cosine.Dispose();
        _sine.Dispose();
        _mask.Dispose();
    }
}
