using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// The gradients of all objectives by one forward and one backward pass. Every objective's rows stand in one batch and read
/// their own leaf copies of the adapter, so the gradients of the copies are the objectives' gradients. The pass goes layer by
/// layer: each layer keeps its own graph, cut from its neighbours, which gives the engine thread its slices.
/// </summary>
internal sealed class JointGradients(LlamaModel model, LoraParameters parameters)
{
    // Logits are as wide as the vocabulary: a few positions at a time keep them small, and the sum is the same.
    private const long HeadPositions = 128;

    /// <param name="batches">One padded batch for each objective, all of the same length.</param>
    /// <param name="losses">The objectives' losses, in the same order.</param>
    /// <param name="references">Base hidden states at the answer positions, [n, hidden], where a loss needs them.</param>
    /// <param name="gradients">Filled with one row for each objective.</param>
    /// <param name="pause">Called between layers.</param>
    /// <returns>Mean loss over each batch's answer tokens.</returns>
    public double[] Compute(
        IReadOnlyList<AnswerBatch> batches, IReadOnlyList<IObjective> losses, IReadOnlyList<Tensor?> references, GradientRows gradients, Action pause)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = cat([.. batches.Select(batch => batch.Ids)]);
        using CausalAttention attention = new(model.Rotary, ids.shape[1]);

        LayerGraph[] graphs = new LayerGraph[model.Config.LayerCount];
        Tensor x = model.Embed(ids);
        for (int layer = 0; layer < graphs.Length; layer++)
        {
            graphs[layer] = Forward(layer, x, attention, batches);
            x = graphs[layer].Output;
            pause();
        }

        (double[] values, Tensor upstream) = Losses(x, batches, losses, references);
        for (int layer = graphs.Length - 1; layer >= 0; layer--)
        {
            upstream = Backward(graphs[layer], upstream, gradients, batches.Count);
            pause();
        }

        return values;
    }

    private LayerGraph Forward(int layer, Tensor x, CausalAttention attention, IReadOnlyList<AnswerBatch> batches)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = x.detach();

        // Below the first layer there is nothing to adapt.
        input.requires_grad = layer > 0;
        IReadOnlyList<LoraBlock> blocks = parameters.Layout.Layer(layer);
        List<Tensor> leaves = [];
        List<AdapterRows> adapters = [];
        long row = 0;
        foreach (AnswerBatch batch in batches)
        {
            LoraPair[] pairs = [.. blocks.Select(block => new LoraPair(Leaf(block.A(parameters.Flat)), Leaf(block.B(parameters.Flat))))];
            leaves.AddRange(pairs.SelectMany(pair => new[] { pair.A, pair.B }));
            adapters.Add(new AdapterRows(row, batch.Ids.shape[0], parameters.Layout.Settings.Scale, pairs));
            row += batch.Ids.shape[0];
        }

        Tensor output = model.Layer(layer, input, attention, adapters);
        foreach (Tensor kept in leaves.Append(input).Append(output))
            kept.MoveToOuterDisposeScope();
        return new LayerGraph(blocks, input, output, leaves);

        // Not a slice inside the graph: a slice's backward would fill a vector of the full length with zeros.
        static Tensor Leaf(Tensor view) => view.detach().requires_grad_(true);
    }

    /// <summary>Losses at the answer positions, and their gradient with respect to the last layer's output.</summary>
    private (double[] Values, Tensor Upstream) Losses(
        Tensor output, IReadOnlyList<AnswerBatch> batches, IReadOnlyList<IObjective> losses, IReadOnlyList<Tensor?> references)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor upstream = zeros_like(output);
        Tensor flat = output.detach().view(-1, model.Config.HiddenSize), flatUpstream = upstream.view(-1, model.Config.HiddenSize);
        double[] values = new double[batches.Count];
        long offset = 0;
        for (int i = 0; i < batches.Count; i++)
        {
            AnswerBatch batch = batches[i];
            for (long start = 0; start < batch.AnswerTokens; start += HeadPositions)
            {
                using DisposeScope inner = NewDisposeScope();
                long count = Math.Min(HeadPositions, batch.AnswerTokens - start);
                Tensor positions = batch.Positions.narrow(0, start, count) + offset;
                Tensor hidden = flat.index_select(0, positions).requires_grad_(true);
                Tensor? referenceLogits = null;
                if (references[i] is { } reference)
                {
                    using IDisposable frozen = no_grad();
                    referenceLogits = model.Head(reference.narrow(0, start, count));
                }

                Tensor loss = losses[i].Sum(model.Head(hidden), batch.Targets.narrow(0, start, count), referenceLogits) / batch.AnswerTokens;
                values[i] += loss.to(ScalarType.Float64).item<double>();
                flatUpstream.index_copy_(0, positions, autograd.grad([loss], [hidden])[0]);
            }

            offset += batch.Ids.numel();
        }

        upstream.MoveToOuterDisposeScope();
        return (values, upstream);
    }

    private static Tensor Backward(LayerGraph graph, Tensor upstream, GradientRows gradients, int objectives)
    {
        using DisposeScope scope = NewDisposeScope();
        bool first = !graph.Input.requires_grad;
        Tensor[] inputs = first ? [.. graph.Leaves] : [.. graph.Leaves, graph.Input];
        IList<Tensor> results = autograd.grad([graph.Output], inputs, [upstream]);

        int perObjective = graph.Leaves.Count / objectives;
        for (int objective = 0; objective < objectives; objective++)
        {
            Tensor row = gradients.Row(objective);
            for (int i = 0; i < perObjective; i += 2)
            {
                LoraBlock block = graph.Blocks[i / 2];
                block.A(row).copy_(results[objective * perObjective + i]);
                block.B(row).copy_(results[objective * perObjective + i + 1]);
            }
        }

        graph.Dispose();
        upstream.Dispose();
        return first ? upstream : results[^1].MoveToOuterDisposeScope();
    }

    /// <summary>One layer's piece of the graph: its input and leaves, and the output that leads back to them.</summary>
    private sealed record LayerGraph(IReadOnlyList<LoraBlock> Blocks, Tensor Input, Tensor Output, IReadOnlyList<Tensor> Leaves) : IDisposable
    {
        public void Dispose()
        {
            Output.Dispose();
            Input.Dispose();
            foreach (Tensor leaf in Leaves)
                leaf.Dispose();
        }
    }
}
