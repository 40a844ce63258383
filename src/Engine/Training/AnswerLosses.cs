using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>The head and the losses, at answer positions only: values, and gradients with respect to the last layer's output.</summary>
internal sealed class AnswerLosses(LlamaModel model, IReadOnlyList<IObjective> losses)
{
    // Logits are as wide as the vocabulary: products over some positions at a time, into one buffer.
    private const long HeadPositions = 384;

    // The loss makes several temporaries of that width, which should stay in the processor's cache.
    private const long LossPositions = 48;

    /// <summary>Computes all losses.</summary>
    /// <param name="output">The last layer's output, [tokens, hidden].</param>
    /// <param name="segments">Whose tokens they are.</param>
    /// <param name="references">For each objective the base's hidden states at its answer positions, where its loss needs them.</param>
    /// <param name="upstream">Filled with the gradient of the objectives' sum, [tokens, hidden].</param>
    /// <returns>Each objective's mean over its answer tokens.</returns>
    public double[] Compute(Tensor output, IReadOnlyList<Segment> segments, IReadOnlyList<Tensor?> references, Tensor upstream)
    {
        using DisposeScope scope = NewDisposeScope();
        upstream.zero_();
        double[] values = new double[losses.Count];
        long[] answers = new long[losses.Count];
        foreach (ObjectiveRun run in segments.SelectMany(segment => segment.Runs))
            answers[run.Objective] += run.Answers;

        Buffers buffers = new(Logits(), references.Any(reference => reference is not null) ? Logits() : null);
        foreach (Segment segment in segments)
        {
            long first = 0;
            foreach (ObjectiveRun run in segment.Runs)
            {
                for (long start = 0; start < run.Answers; start += HeadPositions)
                {
                    using DisposeScope inner = NewDisposeScope();
                    long count = Math.Min(HeadPositions, run.Answers - start);
                    Tensor positions = segment.Positions.narrow(0, first + start, count) + segment.Start;
                    Tensor hidden = output.index_select(0, positions);
                    Tensor? reference = references[run.Objective]?.narrow(0, run.FirstAnswer + start, count);
                    Tensor targets = segment.Targets.narrow(0, first + start, count);
                    values[run.Objective] += Chunk(losses[run.Objective], hidden, targets, reference, answers[run.Objective], buffers);
                    Tensor below = buffers.Logits.narrow(0, 0, count).matmul(model.HeadWeight);
                    upstream.index_copy_(0, positions, NormBackward.Apply(hidden, model.FinalNorm, model.Config.RmsNormEpsilon, below));
                }

                first += run.Answers;
            }
        }

        return values;

        Tensor Logits() => empty(HeadPositions, model.Config.VocabularySize, dtype: model.Type, device: model.Device);
    }

    /// <summary>One chunk's share of the mean; leaves the gradient of the logits in the buffer.</summary>
    private double Chunk(IObjective loss, Tensor hidden, Tensor targets, Tensor? reference, long answers, Buffers buffers)
    {
        double value = 0;
        long count = hidden.shape[0];
        Tensor logits = Fill(buffers.Logits, hidden);
        Tensor? referenceLogits = reference is null ? null : Fill(buffers.Reference!, reference);
        for (long start = 0; start < count; start += LossPositions)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable grad = enable_grad();
            long size = Math.Min(LossPositions, count - start);
            Tensor own = logits.narrow(0, start, size);
            Tensor leaf = own.detach().requires_grad_(true);
            Tensor mean = loss.Sum(leaf, targets.narrow(0, start, size), referenceLogits?.narrow(0, start, size)) / answers;
            value += mean.to(ScalarType.Float64).item<double>();
            Tensor slope = autograd.grad([mean], [leaf])[0];
            using IDisposable frozen = no_grad();
            own.copy_(slope);
        }

        return value;
    }

    private Tensor Fill(Tensor buffer, Tensor hidden)
    {
        Tensor normed = RmsNorm.Apply(hidden, model.FinalNorm, model.Config.RmsNormEpsilon);
        return buffer.narrow(0, 0, hidden.shape[0]).addmm_(normed, model.HeadWeight.t(), beta: 0);
    }

    private sealed record Buffers(Tensor Logits, Tensor? Reference);
}
