using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// The gradients of all objectives by one forward and one backward pass. The pass goes layer by layer, and within a layer segment
/// by segment: activations of a segment stay in the processor's cache, a layer's weights are read once, and the engine thread gets
/// its slices. A segment's tokens belong to one objective or to several; either way each objective's gradient is a product over
/// its own tokens. Layers that do not fit the memory budget keep only their input and are run again in the backward pass.
/// </summary>
internal sealed class JointGradients(LlamaModel model, LoraParameters parameters, IReadOnlyList<IObjective> losses, TrainingMemory memory) : IDisposable
{
    private readonly ActivationMemory _activations = new(model.Type, model.Device);
    private readonly LoraLayout _layout = parameters.Layout;

    /// <param name="examples">Each objective's batch.</param>
    /// <param name="references">Base hidden states at the answer positions, [n, hidden], where a loss needs them.</param>
    /// <param name="gradients">Filled with one row for each objective.</param>
    /// <param name="pause">Called between layers.</param>
    /// <returns>Mean loss over each batch's answer tokens, or over its answers where the loss is one of whole answers.</returns>
    public double[] Compute(
        IReadOnlyList<IReadOnlyList<AnswerExample>> examples, IReadOnlyList<Tensor?> references, GradientRows gradients, Action pause)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        List<Segment> segments = Segment.Cut(examples, model, memory.SegmentTokens);
        try
        {
            long tokens = segments.Sum(segment => segment.Tokens), largest = segments.Max(segment => segment.Tokens);
            int layers = model.Config.LayerCount, lowest = _layout.FirstLayer;

            // Below the first adapted layer there is nothing to keep for the backward pass, which does not go there.
            int recomputed = Math.Max(lowest, memory.RecomputedLayers(tokens, largest));
            Tensor[] inputs = [.. Enumerable.Range(0, layers + 1).Select(layer => Residual($"input {layer}", tokens))];
            for (int i = 0; i < segments.Count; i++)
                Own(inputs[0], segments[i]).copy_(model.Embed(segments[i].Ids.view(1, -1)).squeeze(0));
            for (int layer = 0; layer < layers; layer++)
            {
                foreach (Segment segment in segments)
                {
                    using DisposeScope inner = NewDisposeScope();
                    Pass(layer).Forward(
                        Own(inputs[layer], segment), segment, State(layer, layer < recomputed, segment, tokens, largest), Own(inputs[layer + 1], segment));
                    pause();
                }
            }

            Tensor upstream = Residual("upstream", tokens);
            double[] values = new AnswerLosses(model, losses).Compute(inputs[layers], examples, segments, references, upstream);
            gradients.Clear();
            for (int layer = layers - 1; layer >= lowest; layer--)
            {
                foreach (Segment segment in segments)
                {
                    using DisposeScope inner = NewDisposeScope();
                    LayerPass pass = Pass(layer);
                    Tensor input = Own(inputs[layer], segment);
                    LayerState state = State(layer, layer < recomputed, segment, tokens, largest);
                    if (layer < recomputed)
                        pass.Forward(input, segment, state, output: null);
                    pass.Backward(input, state, segment, Own(upstream, segment), gradients, needsInput: layer > lowest);
                    pause();
                }
            }

            return values;
        }
        finally
        {
            foreach (Segment segment in segments)
                segment.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _activations.Dispose();

    private static Tensor Own(Tensor tokens, Segment segment) => tokens.narrow(0, segment.Start, segment.Tokens);

    private LayerPass Pass(int layer) => new(model, layer, parameters);

    private Tensor Residual(string name, long tokens)
    {
        long length = tokens * model.Config.HiddenSize;
        return _activations.Block(name, length).narrow(0, 0, length).view(tokens, -1);
    }

    private LayerState State(int layer, bool recomputed, Segment segment, long tokens, long largest)
    {
        IReadOnlyList<LoraBlock?> blocks = _layout.Layer(layer);
        long width = LayerState.Width(model.Config, blocks);
        Tensor block = recomputed
            ? _activations.Block("recomputed", largest * width)
            : _activations.Block($"layer {layer}", tokens * width).narrow(0, segment.Start * width, segment.Tokens * width);
        return new LayerState(block, segment.Tokens, model.Config, blocks);
    }
}
