using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>
/// Cosines and sines of the rotary position embedding (Su et al., 2021), computed in float64 and rounded once to the model's type.
/// </summary>
public sealed class RotaryTable : IDisposable
{
    private readonly double[] _inverseFrequencies;
    private readonly ScalarType _type;
    private readonly Device _device;
    private Tensor _cosine;
    private Tensor _sine;

    /// <summary>Prepares the table of a model.</summary>
    public RotaryTable(LlamaConfig config, ScalarType type, Device device)
    {
        ArgumentNullException.ThrowIfNull(config);
        _type = type;
        _device = device;
        _inverseFrequencies = [.. Enumerable.Range(0, config.HeadDim / 2).Select(i => Math.Pow(config.RopeTheta, -2.0 * i / config.HeadDim))];
        config.RopeScaling?.Apply(_inverseFrequencies);
        (_cosine, _sine) = Compute(256);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cosine.Dispose();
        _sine.Dispose();
    }

    /// <summary>Rotates x, [batch, heads, tokens, head_dim], by pairs (i, i + head_dim / 2), as Hugging Face lays them out.</summary>
    internal static Tensor Rotate(Tensor x, Tensor cosine, Tensor sine)
    {
        long half = x.shape[3] / 2;
        Tensor first = x.narrow(3, 0, half), second = x.narrow(3, half, half);
        return cat([(first * cosine) - (second * sine), (second * cosine).Plus(first * sine)], -1);
    }

    /// <summary>Positions 0 to <paramref name="tokens"/> - 1: two views [tokens, head_dim / 2].</summary>
    internal (Tensor Cosine, Tensor Sine) Range(long tokens)
    {
        Ensure(tokens);
        return (_cosine.narrow(0, 0, tokens), _sine.narrow(0, 0, tokens));
    }

    /// <summary>Given positions, int64 [n], all below <paramref name="bound"/>: two tensors [n, head_dim / 2].</summary>
    internal (Tensor Cosine, Tensor Sine) At(Tensor positions, long bound)
    {
        Ensure(bound);
        return (_cosine.index_select(0, positions), _sine.index_select(0, positions));
    }

    private void Ensure(long positions)
    {
        if (positions <= _cosine.shape[0])
            return;
        (Tensor cosine, Tensor sine) = Compute(Math.Max(positions, 2 * _cosine.shape[0]));
        _cosine.Dispose();
        _sine.Dispose();
        (_cosine, _sine) = (cosine, sine);
    }

    private (Tensor Cosine, Tensor Sine) Compute(long positions)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor angles = TensorArithmetic.Range(positions, type: ScalarType.Float64).unsqueeze(1) * tensor(_inverseFrequencies).unsqueeze(0);
        return (angles.cos().to(_type).to(_device).DetachFromDisposeScope(), angles.sin().to(_type).to(_device).DetachFromDisposeScope());
    }
}
