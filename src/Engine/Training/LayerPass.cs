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

    /// <summary>Runs the layer on the residual stream.</summary>
    /// <param name="x">Input of the layer, [n, hidden].</param>
    /// <param name="segment">Whose tokens they are.</param>
    /// <param name="state">Filled with what <see cref="Backward"/> needs.</param>
    /// <param name="output">Filled with the layer's output, [n, hidden]; null where only the state is wanted.</param>
    public void Forward(Tensor x, Segment segment, LayerState state, Tensor? output)
    {
        using DisposeScope scope = NewDisposeScope();
        _inputs.Forward(Norm(x, _weights.InputNorm), [state.Queries, state.Keys, state.Values], state.Reduced[0]);
        _attention.Rotate(state.Queries, segment);
        _attention.Rotate(state.Keys, segment);
        _attention.Forward(state.Queries, state.Keys, state.Values, segment, state.Attended);
        _output.Forward(state.Attended, [state.Middle.copy_(x)], state.Reduced[1], add: true);
        _gates.Forward(Norm(state.Middle, _weights.PostAttentionNorm), [state.Gate, state.Up], state.Reduced[2]);
        Tensor gated = nn.functional.silu(state.Gate).mul_(state.Up);
        if (output is null)
            _down.Reduce(gated, state.Reduced[3]);
        else
            _down.Forward(gated, [output.copy_(state.Middle)], state.Reduced[3], add: true);
    }

    /// <summary>Adds each objective's LoRA gradients to its row, and turns the output's gradient into the input's.</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="state">From the forward pass.</param>
    /// <param name="segment">Whose tokens they are.</param>
    /// <param name="upstream">Gradient with respect to the layer's output, [n, hidden]; becomes that with respect to <paramref name="x"/>.</param>
    /// <param name="gradients">One row for each objective.</param>
    /// <param name="needsInput">False where nothing below is adapted.</param>
    public void Backward(Tensor x, LayerState state, Segment segment, Tensor upstream, GradientRows gradients, bool needsInput)
    {
        using DisposeScope scope = NewDisposeScope();
        upstream.AddInPlace(Mlp(state, segment, upstream, gradients));
        Tensor attended = _output.Backward(state.Attended, state.Reduced[1], [upstream], segment.Runs, gradients, true)!;
        (Tensor q, Tensor k, Tensor v) = _attention.Backward(state.Queries, state.Keys, state.Values, state.Attended, attended, segment);
        _attention.Rotate(q, segment, back: true);
        _attention.Rotate(k, segment, back: true);
        Tensor normed = Norm(x, _weights.InputNorm);
        Tensor? below = _inputs.Backward(normed, state.Reduced[0], [q, k, v], segment.Runs, gradients, needsInput);
        if (below is not null)
            upstream.AddInPlace(NormBackward.Apply(x, _weights.InputNorm, _config.RmsNormEpsilon, below));
    }

    private Tensor Norm(Tensor x, Tensor weight) => RmsNorm.Apply(x, weight, _config.RmsNormEpsilon);

    /// <summary>Gradient of the MLP half with respect to its input.</summary>
    private Tensor Mlp(LayerState state, Segment segment, Tensor upstream, GradientRows gradients)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor sigmoid = state.Gate.sigmoid();
        Tensor silu = state.Gate * sigmoid;
        Tensor up = _down.Backward(silu * state.Up, state.Reduced[3], [upstream], segment.Runs, gradients, true)!;

        // silu' = s + silu - silu s.
        Tensor slope = silu.Plus(sigmoid).AddProductInPlace(silu, sigmoid, -1);
        Tensor gate = slope.mul_(state.Up).mul_(up);
        Tensor normed = Norm(state.Middle, _weights.PostAttentionNorm);
        Tensor below = _gates.Backward(normed, state.Reduced[2], [gate, up.mul_(silu)], segment.Runs, gradients, true)!;
        return NormBackward.Apply(state.Middle, _weights.PostAttentionNorm, _config.RmsNormEpsilon, below).MoveToOuterDisposeScope();
    }
}
