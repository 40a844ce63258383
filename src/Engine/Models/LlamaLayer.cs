using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>One frozen decoder layer: RMSNorm, attention, RMSNorm, SwiGLU, with a residual around each half.</summary>
internal sealed class LlamaLayer : IDisposable
{
    private readonly LlamaConfig _config;
    private readonly Tensor _inputNorm;
    private readonly Tensor _postAttentionNorm;
    private readonly Tensor[] _weights;
    private readonly Tensor?[] _biases;

    public LlamaLayer(ICheckpoint checkpoint, int layer, ScalarType type, Device device)
    {
        _config = checkpoint.Config;
        _inputNorm = Read(ModuleNames.InputNorm(layer));
        _postAttentionNorm = Read(ModuleNames.PostAttentionNorm(layer));
        string[] paths = [.. ModuleNames.LinearModules.Select(module => ModuleNames.Linear(layer, module))];
        _weights = [.. paths.Select(path => Read(path + ".weight"))];
        _biases = [.. paths.Select(path => checkpoint.Contains(path + ".bias") ? Read(path + ".bias") : null)];

        Tensor Read(string name)
        {
            Tensor read = checkpoint.Read(name, type);
            Tensor placed = read.to(device);
            if (!ReferenceEquals(read, placed))
                read.Dispose();
            return placed.DetachFromDisposeScope();
        }
    }

    /// <summary>The layer's weights, for the training pass.</summary>
    public LayerWeights Weights => new(_inputNorm, _postAttentionNorm, _weights, _biases);

    public Tensor InputNorm => _inputNorm;

    public Tensor PostAttentionNorm => _postAttentionNorm;

    public Tensor Weight(LinearModule module) => _weights[(int)module];

    public Tensor? Bias(LinearModule module) => _biases[(int)module];

    /// <summary>Runs the layer on <paramref name="x"/>, [batch, tokens, hidden].</summary>
    public Tensor Forward(int layer, Tensor x, IAttention attention, IReadOnlyList<AdapterRows>? adapters)
    {
        long batch = x.shape[0], tokens = x.shape[1];
        Tensor normed = RmsNorm.Apply(x, _inputNorm, _config.RmsNormEpsilon);
        Tensor attended = attention.Attend(
            layer,
            Heads(Project(LinearModule.Query, normed), _config.HeadCount),
            Heads(Project(LinearModule.Key, normed), _config.KeyValueHeadCount),
            Heads(Project(LinearModule.Value, normed), _config.KeyValueHeadCount));
        Tensor joined = attended.transpose(1, 2).reshape(batch, tokens, _config.HeadCount * _config.HeadDim);
        Tensor middle = x.Plus(Project(LinearModule.Output, joined));

        Tensor mlp = RmsNorm.Apply(middle, _postAttentionNorm, _config.RmsNormEpsilon);
        Tensor gated = nn.functional.silu(Project(LinearModule.Gate, mlp)) * Project(LinearModule.Up, mlp);
        return middle.Plus(Project(LinearModule.Down, gated));

        Tensor Heads(Tensor projected, long heads) => projected.view(batch, tokens, heads, _config.HeadDim).transpose(1, 2);

        // y = W x + b + scale * B (A x), each run of rows with its own A, B and scale.
        Tensor Project(LinearModule module, Tensor input)
        {
            Tensor output = nn.functional.linear(input, _weights[(int)module], _biases[(int)module]);
            if (adapters is null || adapters.All(rows => rows.Pairs[(int)module] is null))
                return output;

            Tensor[] deltas = [.. adapters.Select(rows => Delta(rows, rows.Pairs[(int)module], input, output))];
            return output.Plus(deltas.Length == 1 ? deltas[0] : cat(deltas));
        }

        Tensor Delta(AdapterRows rows, LoraPair? pair, Tensor input, Tensor output)
        {
            if (pair is null)
                return zeros_like(output.narrow(0, rows.Start, rows.Count));
            Tensor own = rows.Count == batch ? input : input.narrow(0, rows.Start, rows.Count);
            return nn.functional.linear(nn.functional.linear(own, pair.A).Times(pair.Settings.Scale), pair.B);
        }
    }

    public void Dispose()
    {
        _inputNorm.Dispose();
        _postAttentionNorm.Dispose();
        foreach (Tensor weight in _weights)
            weight.Dispose();
        foreach (Tensor? bias in _biases)
            bias?.Dispose();
    }
}
