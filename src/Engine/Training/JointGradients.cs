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
internal sealed class JointGradients(LlamaModel model, LoraParameters parameters, IReadOnlyList<IObjective> losses, TrainingMemory memory)
{
    /// <param name="examples">Each objective's batch.</param>
    /// <param name="references">Base hidden states at the answer positions, [n, hidden], where a loss needs them.</param>
    /// <param name="gradients">Filled with one row for each objective.</param>
    /// <param name="pause">Called between layers.</param>
    /// <returns>Mean loss over each batch's answer tokens.</returns>
    public double[] Compute(
        IReadOnlyList<IReadOnlyList<AnswerExample>> examples, IReadOnlyList<Tensor?> references, GradientRows gradients, Action pause)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        List<Segment> segments = Segment.Cut(examples, model, TrainingMemory.SegmentTokens);
        int layers = model.Config.LayerCount, recomputed = memory.RecomputedLayers(segments);
        Tensor[][] inputs = new Tensor[layers + 1][];
        LayerState?[][] states = [.. Enumerable.Range(0, layers).Select(_ => new LayerState?[segments.Count])];
        inputs[0] = [.. segments.Select(segment => model.Embed(segment.Ids.view(1, -1)).squeeze(0))];
        Tensor[] upstream = [];
        try
        {
            for (int layer = 0; layer < layers; layer++)
            {
                inputs[layer + 1] = new Tensor[segments.Count];
                for (int i = 0; i < segments.Count; i++)
                {
                    (inputs[layer + 1][i], states[layer][i]) = Forward(layer, inputs[layer][i], segments[i]);
                    if (layer < recomputed)
                        Release(ref states[layer][i]);
                    pause();
                }
            }

            (double[] values, upstream) = new AnswerLosses(model, losses).Compute(inputs[layers], segments, references);
            gradients.Clear();
            for (int layer = layers - 1; layer >= 0; layer--)
            {
                for (int i = 0; i < segments.Count; i++)
                {
                    inputs[layer + 1][i].Dispose();
                    Tensor? below = Backward(layer, inputs[layer][i], ref states[layer][i], segments[i], upstream[i], gradients);
                    upstream[i].Dispose();
                    if (below is not null)
                        upstream[i] = below;
                    pause();
                }
            }

            return values;
        }
        finally
        {
            foreach (IDisposable? kept in segments.Concat<IDisposable?>(inputs.Where(row => row is not null).SelectMany(row => row)).Concat(states.SelectMany(row => row)).Concat(upstream))
                kept?.Dispose();
        }
    }

    private (Tensor Output, LayerState State) Forward(int layer, Tensor input, Segment segment)
    {
        using DisposeScope scope = NewDisposeScope();
        return new LayerPass(model, layer, parameters).Forward(input, segment);
    }

    private Tensor? Backward(int layer, Tensor input, ref LayerState? state, Segment segment, Tensor upstream, GradientRows gradients)
    {
        using DisposeScope scope = NewDisposeScope();
        LayerPass pass = new(model, layer, parameters);
        if (state is null)
        {
            (Tensor output, state) = pass.Forward(input, segment);
            output.Dispose();
        }

        Tensor? below = pass.Backward(input, state, segment, upstream, gradients, needsInput: layer > 0);
        Release(ref state);
        return below;
    }

    private static void Release(ref LayerState? state)
    {
        state?.Dispose();
        state = null;
    }
}
