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
    private readonly Tensor _embedding;
    private readonly Tensor _finalNorm;
    private readonly Tensor _head;

    private LlamaModel(ICheckpoint checkpoint, ScalarType type, Device device)
    {
        Config = checkpoint.Config;
        Type = type;
        Device = device;
        Rotary = new RotaryTable(Config, type, device);
        _embedding = Read(ModuleNames.Embedding);
        _layers = [.. Enumerable.Range(0, Config.LayerCount).Select(layer => new LlamaLayer(checkpoint, layer, type, device))];
        _finalNorm = Read(ModuleNames.FinalNorm);
        _head = Config.TieWordEmbeddings || !checkpoint.Contains(ModuleNames.Head) ? _embedding : Read(ModuleNames.Head);

        Tensor Read(string name)
        {
            Tensor read = checkpoint.Read(name, type);
            Tensor placed = read.to(device);
            if (!ReferenceEquals(read, placed))
                read.Dispose();
            return placed.DetachFromDisposeScope();
        }
    }

    /// <summary>The architecture's sizes and constants.</summary>
    public LlamaConfig Config { get; }

    /// <summary>Type in which weights are held and products computed.</summary>
    public ScalarType Type { get; }

    /// <summary>Device that holds the weights.</summary>
    public Device Device { get; }

    internal RotaryTable Rotary { get; }

    /// <summary>Weight of the norm before the head, [hidden].</summary>
    internal Tensor FinalNorm => _finalNorm;

    /// <summary>The head's matrix, [vocabulary, hidden].</summary>
    internal Tensor HeadWeight => _head;

    /// <summary>Reads every weight of <paramref name="checkpoint"/>.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, misshapen or not finite; the message names it.</exception>
    public static LlamaModel Load(ICheckpoint checkpoint, ScalarType type, Device device)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return new LlamaModel(checkpoint, type, device);
    }

    /// <summary>The weights of one decoder layer.</summary>
    internal LayerWeights Weights(int layer) => _layers[layer].Weights;

    /// <summary>Embeds token ids [batch, tokens] to [batch, tokens, hidden].</summary>
    public Tensor Embed(Tensor ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return _embedding.index_select(0, ids.view(-1)).view(ids.shape[0], ids.shape[1], Config.HiddenSize);
    }

    /// <summary>Runs decoder layer <paramref name="layer"/> on [batch, tokens, hidden].</summary>
    /// <param name="layer">Zero-based layer.</param>
    /// <param name="x">The residual stream.</param>
    /// <param name="attention">Whole-sequence or cached attention.</param>
    /// <param name="adapters">This layer's LoRA pairs by batch rows, covering all rows in order; null for the frozen base.</param>
    public Tensor Layer(int layer, Tensor x, IAttention attention, IReadOnlyList<AdapterRows>? adapters) =>
        _layers[layer].Forward(layer, x, attention, adapters);

    /// <summary>Final norm and output head: [..., hidden] to logits [..., vocabulary].</summary>
    public Tensor Head(Tensor hidden) => nn.functional.linear(RmsNorm.Apply(hidden, _finalNorm, Config.RmsNormEpsilon), _head);

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
            _head.Dispose();
        _embedding.Dispose();
        _finalNorm.Dispose();
        Rotary.Dispose();
    }

    private static AdapterRows[]? RowsOf(IReadOnlyList<AdapterRun> runs, int layer) => runs.All(run => run.Adapter is null)
        ? null
        : [.. runs.Select(run => new AdapterRows(run.Start, run.Count, run.Adapter?.Settings.Scale ?? 0, PairsOf(run.Adapter, layer)))];

    private static LoraPair?[] PairsOf(LoraAdapter? adapter, int layer) =>
        [.. ModuleNames.LinearModules.Select(module => adapter?.Modules.GetValueOrDefault(ModuleNames.Linear(layer, module)))];
}
