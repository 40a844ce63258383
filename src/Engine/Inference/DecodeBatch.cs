using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference;

/// <summary>
/// Sequences that are decoded together, each under its own adapter. New ones join between steps and finished ones leave, so short
/// answers do not wait for long ones. Engine thread only.
/// </summary>
internal sealed class DecodeBatch(LlamaModel model, PrefixCache prefixes) : IDisposable
{
    // Bounds the memory of one prefill, and the time for which running chats wait for it.
    private const int PrefillTokens = 2048;

    private readonly List<GenerationSequence> _rows = [];
    private KeyValueCache? _cache;

    /// <summary>Sequences that still run.</summary>
    public int Count => _rows.Count(row => row.Finished is null);

    /// <summary>Reads the prompts of <paramref name="joining"/> and takes their first token.</summary>
    /// <param name="joining">Sequences to add; those that end at once do not stay.</param>
    /// <param name="accept">Gets each sequence and its new token.</param>
    /// <param name="pause">Called between layers.</param>
    public void Join(IEnumerable<GenerationSequence> joining, Action<GenerationSequence, SampledToken> accept, Action? pause = null)
    {
        List<List<GenerationSequence>> groups = [];
        foreach (GenerationSequence sequence in joining)
        {
            List<GenerationSequence>? group = groups.FindLast(each => each[0].SharesPrefix(sequence));
            if (group is null || (group.Count + 1) * Math.Max(group.Max(each => each.Rest.Length), sequence.Rest.Length) > PrefillTokens)
                groups.Add(group = []);
            group.Add(sequence);
        }

        foreach (List<GenerationSequence> group in groups)
            Prefill(group, accept, pause);
        Drop();
    }

    /// <summary>Decodes one token for every row.</summary>
    public void Step(Action<GenerationSequence, SampledToken> accept)
    {
        Drop();
        if (_cache is null)
            return;

        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using CachedAttention attention = new(model.Rotary, _cache);
        Tensor ids = tensor(_rows.Select(row => (long)row.Last).ToArray(), [_rows.Count, 1], device: model.Device);
        Tensor hidden = model.Forward(ids, attention, Runs());
        SampledToken[] next = Sampler.Next(model.Head(hidden.view(_rows.Count, -1)), _rows);
        _cache.Advance();
        Accept(_rows, next, accept);
        Drop();
    }

    public void Dispose()
    {
        _cache?.Dispose();
        _cache = null;
        _rows.Clear();
    }

    private static void Accept(List<GenerationSequence> rows, SampledToken[] next, Action<GenerationSequence, SampledToken> accept)
    {
        for (int row = 0; row < next.Length; row++)
        {
            if (rows[row].Finished is null)
                accept(rows[row], next[row]);
        }
    }

    /// <summary>Prefills sequences that share adapter and prefix.</summary>
    private void Prefill(List<GenerationSequence> group, Action<GenerationSequence, SampledToken> accept, Action? pause)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        GenerationSequence first = group[0];
        SharedPrefix? prefix = first.PrefixLength > 0 ? prefixes.Borrow(first.Adapter, first.Prompt.AsSpan(0, first.PrefixLength)) : null;
        KeyValueCache fresh = new(model.Config, [.. group.Select(sequence => (long)sequence.Prompt.Length)], model.Type, model.Device);
        try
        {
            int padded = group.Max(sequence => sequence.Rest.Length);
            long[] ids = new long[group.Count * padded];
            for (int row = 0; row < group.Count; row++)
            {
                for (int t = 0; t < group[row].Rest.Length; t++)
                    ids[row * padded + t] = group[row].Rest[t];
            }

            IAttention attention = prefix is null
                ? new CausalAttention(model.Rotary, padded, fresh)
                : new PrefixedAttention(model.Rotary, padded, prefix.Cache, fresh);
            using ((IDisposable)attention)
            {
                Tensor hidden = model.Forward(tensor(ids, [group.Count, padded], device: model.Device), attention, first.Adapter, pause);
                long[] ends = [.. group.Select((sequence, row) => (long)row * padded + sequence.Rest.Length - 1)];
                Tensor last = hidden.view(-1, model.Config.HiddenSize).index_select(0, tensor(ends, device: model.Device));
                SampledToken[] next = Sampler.Next(model.Head(last), group);
                if (_cache is null)
                    _cache = fresh;
                else
                    _cache.Merge(fresh);
                _rows.AddRange(group);
                Accept(group, next, accept);
            }
        }
        catch
        {
            if (!ReferenceEquals(_cache, fresh))
                fresh.Dispose();
            throw;
        }
        finally
        {
            if (prefix is not null)
                prefixes.Return(prefix);
        }
    }

    private List<AdapterRun> Runs()
    {
        List<AdapterRun> runs = [];
        for (int row = 0; row < _rows.Count; row++)
        {
            if (runs.Count > 0 && ReferenceEquals(runs[^1].Adapter, _rows[row].Adapter))
                runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            else
                runs.Add(new AdapterRun(_rows[row].Adapter, row, 1));
        }

        return runs;
    }

    private void Drop()
    {
        int[] running = [.. Enumerable.Range(0, _rows.Count).Where(row => _rows[row].Finished is null)];
        // Compacting copies the whole cache, so a few finished rows ride along until it pays.
        if (running.Length > 0 && _rows.Count - running.Length <= _rows.Count / 8)
            return;
        if (running.Length == 0)
        {
            Dispose();
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
