using TorchSharp;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>
/// A frozen Llama, shared by serving and training. It never changes after loading: what differs between releases is an adapter,
/// given to each call. Not thread-safe; the engine thread owns it.
/// </summary>
public sealed class LlamaModel : IDisposable
{
    private readonly LlamaLayer[] _layers;
    private readonly Tensor? _embedding;
    private readonly Tensor _finalNorm;
    private readonly Tensor? _head;
    private readonly string _headName;
    private readonly ICheckpoint? _source;
    private (string Name, IDisposable Weights)? _streamed;

    private LlamaModel(ICheckpoint checkpoint, ScalarType type, Device device, bool streamed)
    {
        Config = checkpoint.Config;
        Type = type;
        Device = device;
        Rotary = new RotaryTable(Config, type, device);
        _finalNorm = Read(checkpoint, ModuleNames.FinalNorm);
        _headName = Config.TieWordEmbeddings || !checkpoint.Contains(ModuleNames.Head) ? ModuleNames.Embedding : ModuleNames.Head;
        _layers = [];
        if (streamed)
        {
            _source = checkpoint;
            return;
        }

        _embedding = Read(checkpoint, ModuleNames.Embedding);
        _layers = [.. Enumerable.Range(0, Config.LayerCount).Select(layer => new LlamaLayer(checkpoint, layer, type, device))];
        _head = _headName == ModuleNames.Embedding ? _embedding : Read(checkpoint, _headName);
    }

    /// <summary>The architecture's sizes and constants.</summary>
    public LlamaConfig Config { get; }

    /// <summary>Type in which weights are held and products computed.</summary>
    public ScalarType Type { get; }

    /// <summary>Device that holds the weights.</summary>
    public Device Device { get; }

    internal RotaryTable Rotary { get; }

    /// <summary>Whether weights are read from the file whenever they are used.</summary>
    internal bool IsStreamed => _source is not null;

    /// <summary>All layers of a model that is not streamed.</summary>
    internal IReadOnlyList<LlamaLayer> Layers => _layers;

    /// <summary>Weight of the norm before the head, [hidden].</summary>
    internal Tensor FinalNorm => _finalNorm;

    /// <summary>The head's matrix, [vocabulary, hidden].</summary>
    internal Tensor HeadWeight => _head ?? Streamed(_headName, source => Read(source, _headName));

    /// <summary>The embedding, [vocabulary, hidden].</summary>
    internal Tensor Embedding => _embedding ?? Streamed(ModuleNames.Embedding, source => Read(source, ModuleNames.Embedding));

    /// <summary>Takes the weights of <paramref name="checkpoint"/>.</summary>
    /// <param name="checkpoint">The model on disk.</param>
    /// <param name="type">Type in which products are computed.</param>
    /// <param name="device">Where they are computed.</param>
    /// <param name="streamed">
    /// Keeps no weights but reads each layer from the mapped file, as it is stored, whenever it runs: for bases larger than memory.
    /// The model then owns <paramref name="checkpoint"/>.
    /// </param>
    /// <exception cref="CheckpointException">A tensor is missing, misshapen or not finite; the message names it.</exception>
    public static LlamaModel Load(ICheckpoint checkpoint, ScalarType type, Device device, bool streamed = false)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return new LlamaModel(checkpoint, type, device, streamed);
    }

    /// <summary>The weights of one decoder layer; of a streamed model, valid until other weights are asked for.</summary>
    internal LayerWeights Weights(int layer) => LayerAt(layer).Weights;

    /// <summary>Embeds token ids [batch, tokens] to [batch, tokens, hidden].</summary>
    public Tensor Embed(Tensor ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Embedding.index_select(0, ids.view(-1)).view(ids.shape[0], ids.shape[1], Config.HiddenSize);
    }

    /// <summary>Runs decoder layer <paramref name="layer"/> on [batch, tokens, hidden].</summary>
    /// <param name="layer">Zero-based layer.</param>
    /// <param name="x">The residual stream.</param>
    /// <param name="attention">Whole-sequence or cached attention.</param>
    /// <param name="adapters">This layer's LoRA pairs by batch rows, covering all rows in order; null for the frozen base.</param>
    public Tensor Layer(int layer, Tensor x, IAttention attention, IReadOnlyList<AdapterRows>? adapters) =>
        LayerAt(layer).Forward(layer, x, attention, adapters);

    /// <summary>Final norm and output head: [..., hidden] to logits [..., vocabulary].</summary>
    public Tensor Head(Tensor hidden) => nn.functional.linear(RmsNorm.Apply(hidden, _finalNorm, Config.RmsNormEpsilon), HeadWeight);

    /// <summary>All layers, without gradients kept apart: ids [batch, tokens] to the residual stream before the final norm.</summary>
    /// <param name="ids">Token ids, padded on the right.</param>
    /// <param name="attention">Whole-sequence or cached attention.</param>
    /// <param name="adapter">The adapter for all rows; null for the frozen base.</param>
    /// <param name="pause">Called after every layer, so that other work can go first.</param>
    public Tensor Forward(Tensor ids, IAttention attention, LoraAdapter? adapter, Action? pause = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Forward(ids, attention, [new AdapterRun(adapter, 0, (int)ids.shape[0])], pause);
    }

    /// <summary>As the other overload, with the adapters of runs of rows; the runs cover all rows in order.</summary>
    internal Tensor Forward(Tensor ids, IAttention attention, IReadOnlyList<AdapterRun> runs, Action? pause = null)
    {
        Tensor x = Embed(ids);
        for (int layer = 0; layer < Config.LayerCount; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor y = Layer(layer, x, attention, RowsOf(runs, layer));
            x.Dispose();
            x = y.MoveToOuterDisposeScope();
            pause?.Invoke();
        }

        return x;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LlamaLayer layer in _layers)
            layer.Dispose();
        if (!ReferenceEquals(_head, _embedding))
            _head?.Dispose();
        _embedding?.Dispose();
        _streamed?.Weights.Dispose();
        _source?.Dispose();
        _finalNorm.Dispose();
        Rotary.Dispose();
    }

    private LlamaLayer LayerAt(int layer) =>
        _source is null ? _layers[layer] : Streamed($"layer {layer}", source => new LlamaLayer(source, layer, Type, Device));

    /// <summary>The only weights that a streamed model holds: those asked for last.</summary>
    private T Streamed<T>(string name, Func<ICheckpoint, T> read)
        where T : IDisposable
    {
        if (_streamed?.Name == name)
            return (T)_streamed.Value.Weights;
        _streamed?.Weights.Dispose();
        _streamed = null;
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        T weights = read(_source!);
        _streamed = (name, weights);
        return weights;
    }

    private Tensor Read(ICheckpoint checkpoint, string name)
    {
        Tensor read = checkpoint.Read(name, Type);
        Tensor placed = read.to(Device);
        if (!ReferenceEquals(read, placed))
            read.Dispose();
        return placed.DetachFromDisposeScope();
    }

    private static AdapterRows[]? RowsOf(IReadOnlyList<AdapterRun> runs, int layer) => runs.All(run => run.Adapter is null)
        ? null
        : [.. runs.Select(run => new AdapterRows(run.Start, run.Count, PairsOf(run.Adapter, layer)))];

    private static LoraPair?[] PairsOf(LoraAdapter? adapter, int layer) =>
        [.. ModuleNames.LinearModules.Select(module => adapter?.Modules.GetValueOrDefault(ModuleNames.Linear(layer, module)))];
}
