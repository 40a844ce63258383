using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// One decoder layer forward and backward on a segment, written out by hand: without a graph it is known what is kept, the
/// products run in place, and a recomputed layer gives the same bytes as a kept one.
/// </summary>
internal sealed class LayerPass
{
    private readonly LlamaConfig _config;
    private readonly LayerWeights _weights;
    private readonly SegmentAttention _attention;
    private readonly AdaptedLinear _inputs;
    private readonly AdaptedLinear _output;
    private readonly AdaptedLinear _gates;
    private readonly AdaptedLinear _down;

    /// <summary>Prepares layer <paramref name="layer"/>; its tensors live in the current dispose scope.</summary>
    /// <param name="model">The frozen base.</param>
    /// <param name="layer">Zero-based layer.</param>
    /// <param name="parameters">The adapter; null for the frozen base.</param>
    public LayerPass(LlamaModel model, int layer, LoraParameters? parameters)
    {
        _config = model.Config;
        _weights = model.Weights(layer);
        _attention = new SegmentAttention(_config);
        _inputs = new AdaptedLinear(_weights, [LinearModule.Query, LinearModule.Key, LinearModule.Value], parameters, layer);
        _output = new AdaptedLinear(_weights, [LinearModule.Output], parameters, layer);
        _gates = new AdaptedLinear(_weights, [LinearModule.Gate, LinearModule.Up], parameters, layer);
        _down = new AdaptedLinear(_weights, [LinearModule.Down], parameters, layer);
    }

    /// <summary>Runs the layer on the residual stream [n, hidden].</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="segment">Whose tokens they are.</param>
    /// <returns>The layer's output, and what <see cref="Backward"/> needs; both in no dispose scope.</returns>
    public (Tensor Output, LayerState State) Forward(Tensor x, Segment segment)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor[] projected, Tensor? reducedInputs) = _inputs.Forward(RmsNorm.Apply(x, _weights.InputNorm, _config.RmsNormEpsilon));
        Tensor queries = _attention.Rotate(projected[0], segment), keys = _attention.Rotate(projected[1], segment);
        Tensor attended = _attention.Forward(queries, keys, projected[2], segment);
        (Tensor[] joined, Tensor? reducedOutput) = _output.Forward(attended);
        Tensor middle = joined[0].add_(x);
        (Tensor[] gates, Tensor? reducedGates) = _gates.Forward(RmsNorm.Apply(middle, _weights.PostAttentionNorm, _config.RmsNormEpsilon));
        (Tensor[] down, Tensor? reducedDown) = _down.Forward(nn.functional.silu(gates[0]).mul_(gates[1]));
        Tensor output = down[0].add_(middle).DetachFromDisposeScope();
        Tensor[] reduced = [.. ((Tensor?[])[reducedInputs, reducedOutput, reducedGates, reducedDown]).OfType<Tensor>()];
        return (output, new LayerState(queries, keys, projected[2], attended, middle, gates[0], gates[1], reduced).Detach());
    }

    /// <summary>Adds each objective's LoRA gradients to its row.</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="state">From the forward pass.</param>
    /// <param name="segment">Whose tokens they are.</param>
    /// <param name="upstream">Gradient with respect to the layer's output, [n, hidden].</param>
    /// <param name="gradients">One row for each objective.</param>
    /// <param name="needsInput">False for the first layer: nothing below is adapted.</param>
    /// <returns>Gradient with respect to <paramref name="x"/>, in no dispose scope; null where not needed.</returns>
    public Tensor? Backward(Tensor x, LayerState state, Segment segment, Tensor upstream, GradientRows gradients, bool needsInput)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor middle = upstream + Mlp(state, segment, upstream, gradients);
        Tensor attended = _output.Backward(state.Attended, state.Reduced[1], [middle], segment.Runs, gradients, true)!;
        (Tensor q, Tensor k, Tensor v) = _attention.Backward(state.Queries, state.Keys, state.Values, state.Attended, attended, segment);
        Tensor[] projected = [_attention.Rotate(q, segment, back: true), _attention.Rotate(k, segment, back: true), v];
        Tensor normed = RmsNorm.Apply(x, _weights.InputNorm, _config.RmsNormEpsilon);
        Tensor? below = _inputs.Backward(normed, state.Reduced[0], projected, segment.Runs, gradients, needsInput);
        return below is null
            ? null
            : middle.add_(NormBackward.Apply(x, _weights.InputNorm, _config.RmsNormEpsilon, below)).DetachFromDisposeScope();
    }

    /// <summary>Gradient of the MLP half with respect to its input.</summary>
    private Tensor Mlp(LayerState state, Segment segment, Tensor upstream, GradientRows gradients)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor sigmoid = state.Gate.sigmoid();
        Tensor silu = state.Gate * sigmoid;
        Tensor up = _down.Backward(silu * state.Up, state.Reduced[3], [upstream], segment.Runs, gradients, true)!;

        // silu' = s + silu (1 - s).
        Tensor slope = (1 - sigmoid).mul_(silu).add_(sigmoid);
        Tensor gate = slope.mul_(state.Up).mul_(up);
        Tensor normed = RmsNorm.Apply(state.Middle, _weights.PostAttentionNorm, _config.RmsNormEpsilon);
        Tensor below = _gates.Backward(normed, state.Reduced[2], [gate, up.mul_(silu)], segment.Runs, gradients, true)!;
        return NormBackward.Apply(state.Middle, _weights.PostAttentionNorm, _config.RmsNormEpsilon, below).MoveToOuterDisposeScope();
    }
}
