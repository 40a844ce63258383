using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference;

/// <summary>
/// Sequences of one adapter that are decoded together. New ones join between steps and finished ones leave, so short answers
/// do not wait for long ones. Engine thread only.
/// </summary>
internal sealed class DecodeBatch(LlamaModel model, LoraAdapter? adapter) : IDisposable
{
    private readonly List<GenerationSequence> _rows = [];
    private KeyValueCache? _cache;

    public int Count => _rows.Count;

    /// <summary>Reads the prompts of <paramref name="joining"/> and takes their first token.</summary>
    /// <param name="joining">Sequences to add; those that end at once do not stay.</param>
    /// <param name="accept">Gets each sequence and its new token.</param>
    /// <param name="pause">Called between layers.</param>
    public void Join(IReadOnlyList<GenerationSequence> joining, Action<GenerationSequence, int> accept, Action? pause = null)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long[] lengths = [.. joining.Select(sequence => (long)sequence.Prompt.Count)];
        long padded = lengths.Max();
        long[] ids = new long[joining.Count * padded];
        for (int row = 0; row < joining.Count; row++)
        {
            for (int t = 0; t < lengths[row]; t++)
                ids[row * padded + t] = joining[row].Prompt[t];
        }

        KeyValueCache fresh = new(model.Config, lengths, model.Type, model.Device);
        try
        {
            using CausalAttention attention = new(model.Rotary, padded, fresh);
            Tensor hidden = model.Forward(tensor(ids, [joining.Count, padded], device: model.Device), attention, adapter, pause);
            Tensor last = hidden.view(-1, model.Config.HiddenSize)
                .index_select(0, tensor(lengths.Select((length, row) => row * padded + length - 1).ToArray(), device: model.Device));
            int[] next = Sampler.Next(model.Head(last), joining);
            if (_cache is null)
                _cache = fresh;
            else
                _cache.Merge(fresh);
            _rows.AddRange(joining);
            for (int row = 0; row < joining.Count; row++)
                accept(joining[row], next[row]);
        }
        catch
        {
            if (!ReferenceEquals(_cache, fresh))
                fresh.Dispose();
            throw;
        }

        Drop();
    }

    /// <summary>Decodes one token for every row.</summary>
    public void Step(Action<GenerationSequence, int> accept)
    {
        Drop();
        if (_cache is null)
            return;

        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using CachedAttention attention = new(model.Rotary, _cache);
        Tensor ids = tensor(_rows.Select(row => (long)row.Last).ToArray(), [_rows.Count, 1], device: model.Device);
        Tensor hidden = model.Forward(ids, attention, adapter);
        int[] next = Sampler.Next(model.Head(hidden.view(_rows.Count, -1)), _rows);
        _cache.Advance();
        for (int row = 0; row < next.Length; row++)
        {
            if (_rows[row].Finished is null)
                accept(_rows[row], next[row]);
        }

        Drop();
    }

    public void Dispose() => _cache?.Dispose();

    private void Drop()
    {
        int[] running = [.. Enumerable.Range(0, _rows.Count).Where(row => _rows[row].Finished is null)];
        // Compacting copies the whole cache, so a few finished rows ride along until it pays.
        if (running.Length > 0 && _rows.Count - running.Length <= _rows.Count / 8)
            return;
        if (running.Length == 0)
        {
            _cache?.Dispose();
            _cache = null;
            _rows.Clear();
            return;
        }

        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _cache!.Keep(running);
        GenerationSequence[] kept = [.. running.Select(row => _rows[row])];
        _rows.Clear();
        _rows.AddRange(kept);
    }
}
