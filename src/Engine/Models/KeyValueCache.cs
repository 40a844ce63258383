using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>
/// Rotated keys and values of every layer for a batch of rows of differing lengths, [rows, kv_heads, capacity, head_dim] each.
/// Rows can be merged in and dropped between steps, so that sequences join and leave a running batch.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    // Room is added in steps, so that growing costs little and short answers stay small.
    private const long Growth = 64;

    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly List<long> _lengths;
    private long _capacity;

    /// <summary>Allocates a cache whose rows already hold <paramref name="lengths"/> tokens, to be filled by a prefill.</summary>
    public KeyValueCache(LlamaConfig config, IReadOnlyList<long> lengths, ScalarType type, Device device)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(lengths);
        _lengths = [.. lengths];
        _capacity = RoundUp(lengths.Max() + 1);
        Device = device;
        _keys = new Tensor[config.LayerCount];
        _values = new Tensor[config.LayerCount];
        for (int layer = 0; layer < config.LayerCount; layer++)
        {
            _keys[layer] = Allocate();
            _values[layer] = Allocate();
        }

        // Zeroed, because masked slots still enter products: 0 * garbage could be NaN.
        Tensor Allocate() => zeros([lengths.Count, config.KeyValueHeadCount, _capacity, config.HeadDim], dtype: type, device: device)
            .DetachFromDisposeScope();
    }

    /// <summary>Tokens held by each row.</summary>
    public IReadOnlyList<long> Lengths => _lengths;

    /// <summary>Number of rows.</summary>
    public int Rows => _lengths.Count;

    internal Device Device { get; }

    /// <summary>Tokens for which each row has room.</summary>
    internal long Capacity => _capacity;

    /// <summary>Counts the token that a decode step appended to every row.</summary>
    public void Advance()
    {
        for (int row = 0; row < _lengths.Count; row++)
            _lengths[row]++;
    }

    /// <summary>Moves the rows of <paramref name="other"/> behind this cache's rows; <paramref name="other"/> is consumed.</summary>
    public void Merge(KeyValueCache other)
    {
        ArgumentNullException.ThrowIfNull(other);
        long capacity = Math.Max(_capacity, other._capacity);
        EnsureLength(capacity);
        other.EnsureLength(capacity);
        for (int layer = 0; layer < _keys.Length; layer++)
        {
            Replace(ref _keys[layer], cat([_keys[layer], other._keys[layer]]));
            Replace(ref _values[layer], cat([_values[layer], other._values[layer]]));
        }

        _lengths.AddRange(other._lengths);
        other.Dispose();
    }

    /// <summary>Keeps the named rows, in that order, and drops the others.</summary>
    public void Keep(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using Tensor index = tensor(rows.Select(row => (long)row).ToArray(), device: Device);
        for (int layer = 0; layer < _keys.Length; layer++)
        {
            Replace(ref _keys[layer], _keys[layer].index_select(0, index));
            Replace(ref _values[layer], _values[layer].index_select(0, index));
        }

        long[] kept = [.. rows.Select(row => _lengths[row])];
        _lengths.Clear();
        _lengths.AddRange(kept);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _keys.Concat(_values))
            tensor.Dispose();
    }

    /// <summary>Stores a prefill's keys and values, [rows, kv_heads, tokens, head_dim].</summary>
    internal void Fill(int layer, Tensor keys, Tensor values)
    {
        long tokens = keys.shape[2];
        EnsureLength(tokens);
        using Tensor keySlots = _keys[layer].narrow(2, 0, tokens);
        using Tensor valueSlots = _values[layer].narrow(2, 0, tokens);
        keySlots.copy_(keys);
        valueSlots.copy_(values);
    }

    /// <summary>Where a layer's keys and values lie on the CPU; valid until rows are merged or dropped or the capacity grows.</summary>
    internal unsafe (nint Keys, nint Values) Addresses(int layer) =>
        ((nint)TensorMemory.Data(_keys[layer]), (nint)TensorMemory.Data(_values[layer]));

    /// <summary>Changes whenever <see cref="Addresses"/> do.</summary>
    internal int Version { get; private set; }

    /// <summary>Views on what the rows hold, [rows, kv_heads, longest length, head_dim] each.</summary>
    internal (Tensor Keys, Tensor Values) Held(int layer)
    {
        long length = _lengths.Max();
        return (_keys[layer].narrow(2, 0, length), _values[layer].narrow(2, 0, length));
    }

    /// <summary>Stores one token's key and value in each row, and returns views on the first <paramref name="length"/> slots.</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor slots, Tensor key, Tensor value, long length)
    {
        Tensor keys = _keys[layer], values = _values[layer];
        long width = keys.shape[3];
        using Tensor flatKeys = keys.view(-1, width);
        using Tensor flatValues = values.view(-1, width);
        flatKeys.index_copy_(0, slots, key.reshape(-1, width));
        flatValues.index_copy_(0, slots, value.reshape(-1, width));
        return (keys.narrow(2, 0, length), values.narrow(2, 0, length));
    }

    /// <summary>Index of each (row, head) slot at <paramref name="positions"/> in the flat [rows * heads * capacity] view.</summary>
    internal Tensor Slots(Tensor positions)
    {
        long heads = _keys[0].shape[1];
        using Tensor start = TensorArithmetic.Range(Rows * heads, Device).view(Rows, heads).Times(_capacity);
        return start.Plus(positions.unsqueeze(1)).view(-1);
    }

    /// <summary>Grows the capacity to at least <paramref name="length"/> tokens.</summary>
    internal void EnsureLength(long length)
    {
        if (length <= _capacity)
            return;

        long added = RoundUp(length) - _capacity;
        for (int layer = 0; layer < _keys.Length; layer++)
        {
            Replace(ref _keys[layer], nn.functional.pad(_keys[layer], [0, 0, 0, added]));
            Replace(ref _values[layer], nn.functional.pad(_values[layer], [0, 0, 0, added]));
        }

        _capacity += added;
    }

    private static long RoundUp(long length) => (length + Growth - 1) / Growth * Growth;

    private void Replace(ref Tensor slot, Tensor fresh)
    {
        Version++;
        slot.Dispose();
        slot = fresh.DetachFromDisposeScope();
    }
}
