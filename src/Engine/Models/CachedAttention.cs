using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>Attention of one new token in each row against the row's cached keys and values.</summary>
public sealed class CachedAttention : IAttention, IDisposable
{
    private readonly KeyValueCache _cache;
    private readonly Tensor _cosine;
    private readonly Tensor _sine;
    private readonly Tensor _mask;
    private readonly Tensor _slots;
    private readonly long _length;

    /// <summary>Prepares one decode step: row b's new token stands at position <c>cache.Lengths[b]</c>.</summary>
    public CachedAttention(RotaryTable rotary, KeyValueCache cache)
    {
        ArgumentNullException.ThrowIfNull(rotary);
        ArgumentNullException.ThrowIfNull(cache);
        _cache = cache;
        long[] positions = [.. cache.Lengths];
        _length = positions.Max() + 1;
        cache.EnsureLength(_length);

        using Tensor at = tensor(positions, device: cache.Device);
        (Tensor cosine, Tensor sine) = rotary.At(at, _length);
        using (cosine)
        using (sine)
        {
            _cosine = cosine.view(positions.Length, 1, 1, -1);
            _sine = sine.view(positions.Length, 1, 1, -1);
        }

        using Tensor columns = TensorArithmetic.Range(_length, cache.Device);
        using Tensor beyond = columns.unsqueeze(0) > at.unsqueeze(1);
        using Tensor open = zeros(positions.Length, _length, dtype: _cosine.dtype, device: cache.Device);
        _mask = open.Masked(beyond, double.NegativeInfinity).view(positions.Length, 1, 1, 1, _length);
        _slots = cache.Slots(at);
        _cosine.DetachFromDisposeScope();
        _sine.DetachFromDisposeScope();
        _mask.DetachFromDisposeScope();
        _slots.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor query, Tensor key, Tensor value)
    {
        Tensor rotated = RotaryTable.Rotate(key, _cosine, _sine);
        (Tensor keys, Tensor values) = _cache.Append(layer, _slots, rotated, value, _length);
        return GroupedAttention.Attend(RotaryTable.Rotate(query, _cosine, _sine), keys, values, _mask);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cosine.Dispose();
        _sine.Dispose();
        _mask.Dispose();
        _slots.Dispose();
    }
}
