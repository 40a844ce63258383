using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference;

/// <summary>
/// Keys and values of the beginnings that prompts share (the system turn, as a rule), for each adapter, so that only the rest of a
/// prompt is read. A prefix is always computed alone, whether or not it is kept, so results do not depend on what is. Engine thread
/// only.
/// </summary>
internal sealed class PrefixCache(LlamaModel model) : IDisposable
{
    /// <summary>Shorter beginnings are not worth a pass of their own.</summary>
    public const int LeastTokens = 8;

    /// <summary>Most tokens that are kept, all prefixes together.</summary>
    public const int MostTokens = 2048;

    // Most recently used first.
    private readonly List<SharedPrefix> _prefixes = [];

    public int Count => _prefixes.Count;

    /// <summary>Finds or computes a prefix, and keeps it until <see cref="Return"/>.</summary>
    public SharedPrefix Borrow(LoraAdapter? adapter, ReadOnlySpan<int> ids)
    {
        int found = -1;
        for (int i = 0; i < _prefixes.Count && found < 0; i++)
        {
            if (ReferenceEquals(_prefixes[i].Adapter, adapter) && ids.SequenceEqual(_prefixes[i].Ids))
                found = i;
        }

        SharedPrefix prefix = found >= 0 ? _prefixes[found] : new SharedPrefix(adapter, ids.ToArray(), Compute(adapter, ids));
        if (found >= 0)
            _prefixes.RemoveAt(found);
        _prefixes.Insert(0, prefix);
        prefix.Readers++;
        return prefix;
    }

    public void Return(SharedPrefix prefix)
    {
        prefix.Readers--;
        for (int i = _prefixes.Count - 1, held = _prefixes.Sum(each => each.Ids.Length); i >= 0 && held > MostTokens; i--)
        {
            if (_prefixes[i].Readers > 0)
                continue;
            held -= _prefixes[i].Ids.Length;
            _prefixes[i].Cache.Dispose();
            _prefixes.RemoveAt(i);
        }
    }

    /// <summary>Forgets what was computed under an adapter that goes away.</summary>
    public void Drop(LoraAdapter adapter)
    {
        foreach (SharedPrefix prefix in _prefixes.Where(prefix => ReferenceEquals(prefix.Adapter, adapter)))
            prefix.Cache.Dispose();
        _prefixes.RemoveAll(prefix => ReferenceEquals(prefix.Adapter, adapter));
    }

    public void Dispose()
    {
        foreach (SharedPrefix prefix in _prefixes)
            prefix.Cache.Dispose();
        _prefixes.Clear();
    }

    private KeyValueCache Compute(LoraAdapter? adapter, ReadOnlySpan<int> ids)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        KeyValueCache cache = new(model.Config, [ids.Length], model.Type, model.Device);
        try
        {
            using CausalAttention attention = new(model.Rotary, ids.Length, cache);
            long[] wide = new long[ids.Length];
            for (int i = 0; i < wide.Length; i++)
                wide[i] = ids[i];
            model.Forward(tensor(wide, [1, wide.Length], device: model.Device), attention, adapter);
            return cache;
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }
}
