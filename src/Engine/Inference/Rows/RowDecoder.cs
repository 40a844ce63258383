using System.Runtime.CompilerServices;
using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>
/// Decodes one token for a few rows without tensor operations: at so few rows a step's time goes to reading the weights and to the
/// calls, so weights are read in the blocks of the file and all work of a step is one piece for the workers. Activations are float32
/// throughout; results agree with the tensor path to rounding, and a row's do not depend on its neighbours. Engine thread only.
/// </summary>
internal sealed unsafe class RowDecoder : IDisposable
{
    /// <summary>Most rows of a step; with more, tensor products are faster.</summary>
    public const int MostRows = 16;

    private readonly LlamaModel _model;
    private readonly LlamaConfig _config;
    private readonly WorkerTeam _team;
    private readonly RowLayer[] _layers;
    private readonly WeightRows _head;
    private readonly FloatNumbers _finalNorm;
    private readonly RowBuffers _buffers;
    private readonly ConditionalWeakTable<LoraAdapter, RowAdapter> _adapters = [];
    private readonly nint[] _keys;
    private readonly nint[] _values;
    private KeyValueCache? _cache;
    private int _cacheVersion;
    private RowAdapter?[] _runs = [];
    private IReadOnlyList<AdapterRun> _rows = [];
    private int _count;

    private RowDecoder(LlamaModel model, ICheckpoint checkpoint, int workers)
    {
        _model = model;
        _config = model.Config;
        _layers = [.. model.Layers.Select((layer, i) => new RowLayer(layer, i, checkpoint))];
        bool tied = ReferenceEquals(model.HeadWeight, model.Embedding);
        _head = WeightRows.Create(model.HeadWeight, checkpoint.Stored(tied ? ModuleNames.Embedding : ModuleNames.Head));
        _finalNorm = new FloatNumbers(model.FinalNorm);
        _team = new WorkerTeam(workers);
        _buffers = new RowBuffers(_config, MostRows, workers);
        _keys = new nint[_layers.Length];
        _values = new nint[_layers.Length];
    }

    /// <summary>A decoder for a float32 or bfloat16 model that is held in the CPU's memory; null for any other.</summary>
    /// <param name="model">Must outlive the decoder.</param>
    /// <param name="checkpoint">What the model was loaded from, open.</param>
    public static RowDecoder? TryCreate(LlamaModel model, ICheckpoint checkpoint) =>
        model.Type is ScalarType.Float32 or ScalarType.BFloat16 && model.Device.type == DeviceType.CPU && !model.IsStreamed
            ? new RowDecoder(model, checkpoint, Math.Max(1, get_num_threads()))
            : null;

    /// <summary>Appends one token to each row of the cache, as <see cref="CachedAttention"/> would, and computes the next logits.</summary>
    /// <param name="ids">One for each row of the cache.</param>
    /// <param name="runs">The rows' adapters.</param>
    /// <param name="cache">Its lengths are the new tokens' positions; the caller advances it.</param>
    /// <returns>[rows, vocabulary] one row after the other; valid until the next step, and free to change.</returns>
    public Span<float> Step(IReadOnlyList<int> ids, IReadOnlyList<AdapterRun> runs, KeyValueCache cache)
    {
        _count = ids.Count;
        _rows = runs;
        _runs = [.. runs.Select(run => run.Adapter is null ? null : _adapters.GetValue(run.Adapter, adapter => new RowAdapter(adapter, _config)))];
        int length = (int)cache.Lengths.Max() + 1;
        cache.EnsureLength(length);
        Locate(cache);
        _buffers.Prepare(length, _runs.Max(run => run?.LargestRank ?? 0));
        for (int row = 0; row < _count; row++)
            Embed(ids[row], _buffers.Hidden + row * _config.HiddenSize);

        using DisposeScope scope = NewDisposeScope();
        (Tensor cosine, Tensor sine) = _model.Rotary.Range(length);
        using FloatNumbers cosines = new(cosine), sines = new(sine);
        RowAttention attention = new(_config, cache, _model.Type == ScalarType.BFloat16, cosines.Pointer, sines.Pointer);
        _team.Run(worker => Work(worker, attention));
        return new Span<float>(_buffers.Logits, _count * _config.VocabularySize);
    }

    public void Dispose()
    {
        _team.Dispose();
        _buffers.Dispose();
        foreach (RowLayer layer in _layers)
            layer.Dispose();
        _head.Dispose();
        _finalNorm.Dispose();
    }

    private void Embed(int id, float* hidden)
    {
        long first = (long)id * _config.HiddenSize;
        void* embedding = TensorMemory.Data(_model.Embedding);
        if (_model.Type == ScalarType.BFloat16)
            Vectors.Widen((ushort*)embedding + first, hidden, _config.HiddenSize);
        else
            new Span<float>((float*)embedding + first, _config.HiddenSize).CopyTo(new(hidden, _config.HiddenSize));
    }

    private void Locate(KeyValueCache cache)
    {
        if (ReferenceEquals(cache, _cache) && cache.Version == _cacheVersion)
            return;
        for (int layer = 0; layer < _layers.Length; layer++)
            (_keys[layer], _values[layer]) = cache.Addresses(layer);
        (_cache, _cacheVersion) = (cache, cache.Version);
    }

    private void Work(int worker, RowAttention attention)
    {
        RowBuffers.Scratch own = _buffers.Workers[worker];
        int hidden = _config.HiddenSize, queries = _config.HeadCount * _config.HeadDim, middle = _config.IntermediateSize;
        int keys = _config.KeyValueHeadCount * _config.HeadDim;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            RowLayer weights = _layers[layer];
            own.Input.Normalize(_buffers.Hidden, _count, hidden, weights.InputNorm, _config.RmsNormEpsilon);
            Reduce(layer, worker, own.Input, LinearModule.Query, LinearModule.Key, LinearModule.Value);
            Project(layer, worker, own.Input, LinearModule.Query, _buffers.Query, queries);
            Project(layer, worker, own.Input, LinearModule.Key, _buffers.Key, keys);
            Project(layer, worker, own.Input, LinearModule.Value, _buffers.Value, keys);
            _team.Meet();

            (int from, int to) = _team.Share(_count * _config.KeyValueHeadCount, worker);
            for (int task = from; task < to; task++)
                attention.Attend(task, _buffers, _keys[layer], _values[layer], own.Scores);
            _team.Meet();

            own.Input.Load(_buffers.Attended, _count, queries);
            Reduce(layer, worker, own.Input, LinearModule.Output);
            Project(layer, worker, own.Input, LinearModule.Output, _buffers.Projected, hidden);
            AddResidual(worker);
            _team.Meet();

            own.Input.Normalize(_buffers.Hidden, _count, hidden, weights.PostAttentionNorm, _config.RmsNormEpsilon);
            Reduce(layer, worker, own.Input, LinearModule.Gate, LinearModule.Up);
            Project(layer, worker, own.Input, LinearModule.Gate, _buffers.Gate, middle);
            Project(layer, worker, own.Input, LinearModule.Up, _buffers.Up, middle);
            (from, to) = _team.Share(middle, worker);
            for (int row = 0; row < _count; row++)
                Vectors.Gate(_buffers.Gate + row * middle + from, _buffers.Up + row * middle + from, to - from);
            _team.Meet();

            own.Input.Load(_buffers.Gate, _count, middle);
            Reduce(layer, worker, own.Input, LinearModule.Down);
            Project(layer, worker, own.Input, LinearModule.Down, _buffers.Projected, hidden);
            AddResidual(worker);
            _team.Meet();
        }

        own.Input.Normalize(_buffers.Hidden, _count, hidden, _finalNorm.Pointer, _config.RmsNormEpsilon);
        (int first, int last) = _team.Share(_config.VocabularySize, worker);
        _head.Multiply(own.Input, _buffers.Logits, _config.VocabularySize, first, last);
    }

    /// <summary>The adapters' A x of modules with the same input, into the low-rank buffers.</summary>
    private void Reduce(int layer, int worker, Activations input, params ReadOnlySpan<LinearModule> modules)
    {
        bool any = false;
        for (int run = 0; run < _runs.Length; run++)
        {
            if (_runs[run] is not RowAdapter adapter)
                continue;
            any = true;
            foreach (LinearModule module in modules)
            {
                RowAdapter.Pair pair = adapter[layer, module];
                (int from, int to) = _team.Share(pair.Rank, worker);
                int columns = (int)ModuleNames.Shape(_config, module).In;
                for (int vector = _rows[run].Start; vector < _rows[run].Start + _rows[run].Count; vector++)
                {
                    float* low = _buffers.Low(module, vector);
                    for (int i = from; i < to; i++)
                        low[i] = pair.Scale * Vectors.Dot(pair.A + (long)i * columns, input.Plain(vector), columns);
                }
            }
        }

        if (any)
            _team.Meet();
    }

    /// <summary>This worker's part of W x + b + B (A x).</summary>
    private void Project(int layer, int worker, Activations input, LinearModule module, float* output, int width)
    {
        (int from, int to) = _team.Share(width, worker);
        _layers[layer].Weight(module).Multiply(input, output, width, from, to);
        float* bias = _layers[layer].Bias(module);
        for (int row = 0; row < _count && bias != null; row++)
            Vectors.Add(output + row * width + from, bias + from, to - from);
        for (int run = 0; run < _runs.Length; run++)
        {
            if (_runs[run] is not RowAdapter adapter)
                continue;
            RowAdapter.Pair pair = adapter[layer, module];
            if (pair.Rank == 0)
                continue;
            for (int row = _rows[run].Start; row < _rows[run].Start + _rows[run].Count; row++)
            {
                float* low = _buffers.Low(module, row);
                for (int i = from; i < to; i++)
                    output[row * width + i] += Vectors.Dot(pair.B + (long)i * pair.Rank, low, pair.Rank);
            }
        }
    }

    private void AddResidual(int worker)
    {
        int hidden = _config.HiddenSize;
        (int from, int to) = _team.Share(hidden, worker);
        for (int row = 0; row < _count; row++)
            Vectors.Add(_buffers.Hidden + row * hidden + from, _buffers.Projected + row * hidden + from, to - from);
    }
}
