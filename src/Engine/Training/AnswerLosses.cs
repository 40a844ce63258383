using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>The head and the losses, at answer positions only: values, and gradients with respect to the last layer's output.</summary>
internal sealed class AnswerLosses(LlamaModel model, IReadOnlyList<IObjective> losses)
{
    // Logits are as wide as the vocabulary: products over some positions at a time, into one buffer.
    private const long HeadPositions = 384;

    // The loss makes several temporaries of that width, which should stay in the processor's cache; a GPU rather wants few calls.
    private readonly long _lossPositions = model.Device.type == DeviceType.CPU ? 48 : HeadPositions;

    /// <summary>Computes all losses.</summary>
    /// <param name="output">The last layer's output, [tokens, hidden].</param>
    /// <param name="examples">Each objective's sequences.</param>
    /// <param name="segments">Those sequences, as they lie in <paramref name="output"/>.</param>
    /// <param name="references">For each objective the base's hidden states at its answer positions, where its loss needs them.</param>
    /// <param name="upstream">Filled with the gradient of the objectives' sum, [tokens, hidden].</param>
    /// <returns>Each objective's mean, over its answer tokens or over its answers.</returns>
    public double[] Compute(
        Tensor output, IReadOnlyList<IReadOnlyList<AnswerExample>> examples, IReadOnlyList<Segment> segments, IReadOnlyList<Tensor?> references, Tensor upstream)
    {
        using DisposeScope scope = NewDisposeScope();
        upstream.zero_();
        double[] values = new double[losses.Count];
        long[] answers = [.. examples.Select(batch => batch.Sum(example => (long)example.AnswerTokens))];
        Buffers buffers = new(Logits(), references.Any(reference => reference is not null) ? Logits() : null);

        // The slope of a loss of whole answers is known only once all their tokens have been seen: one more pass through the head.
        Tensor?[] slopes = new Tensor?[losses.Count];
        for (int i = 0; i < losses.Count; i++)
        {
            if (losses[i] is ISequenceObjective loss)
                (values[i], slopes[i]) = Slopes(loss, examples[i], Likelihoods(output, segments, i, references[i], answers[i], buffers));
        }

        Visit(segments, (objective, first, positions, targets) =>
        {
            long count = positions.shape[0];
            Tensor hidden = output.index_select(0, positions);
            if (losses[objective] is ITokenObjective loss)
            {
                Tensor? reference = references[objective]?.narrow(0, first, count);
                values[objective] += Chunk(loss, hidden, targets, reference, answers[objective], buffers);
            }
            else
            {
                Weigh(slopes[objective]!.narrow(0, first, count), hidden, targets, buffers);
            }

            Tensor below = buffers.Logits.narrow(0, 0, count).matmul(model.HeadWeight);
            upstream.index_copy_(0, positions, NormBackward.Apply(hidden, model.FinalNorm, model.Config.RmsNormEpsilon, below));
        });
        return values;

        Tensor Logits() => empty(HeadPositions, model.Config.VocabularySize, dtype: model.Type, device: model.Device);
    }

    /// <summary>Shows all answer positions, some at a time: the objective, which of its answer tokens comes first, positions and targets.</summary>
    private static void Visit(IReadOnlyList<Segment> segments, Action<int, long, Tensor, Tensor> visit)
    {
        foreach (Segment segment in segments)
        {
            long first = 0;
            foreach (ObjectiveRun run in segment.Runs)
            {
                for (long start = 0; start < run.Answers; start += HeadPositions)
                {
                    using DisposeScope inner = NewDisposeScope();
                    long count = Math.Min(HeadPositions, run.Answers - start);
                    Tensor positions = segment.Positions.narrow(0, first + start, count).Plus(segment.Start);
                    visit(run.Objective, run.FirstAnswer + start, positions, segment.Targets.narrow(0, first + start, count));
                }

                first += run.Answers;
            }
        }
    }

    /// <summary>One chunk's share of the mean; leaves the gradient of the logits in the buffer.</summary>
    private double Chunk(ITokenObjective loss, Tensor hidden, Tensor targets, Tensor? reference, long answers, Buffers buffers)
    {
        double value = 0;
        long count = hidden.shape[0];
        Tensor logits = Fill(buffers.Logits, hidden);
        Tensor? referenceLogits = reference is null ? null : Fill(buffers.Reference!, reference);
        for (long start = 0; start < count; start += _lossPositions)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable grad = enable_grad();
            long size = Math.Min(_lossPositions, count - start);
            Tensor own = logits.narrow(0, start, size);
            Tensor leaf = own.detach().requires_grad_(true);
            Tensor mean = loss.Sum(leaf, targets.narrow(0, start, size), referenceLogits?.narrow(0, start, size)).Over(answers);
            value += mean.Number();
            Tensor slope = autograd.grad([mean], [leaf])[0];
            using IDisposable frozen = no_grad();
            own.copy_(slope);
        }

        return value;
    }

    /// <summary>Leaves in the buffer the gradient of the sum of slope times log p: slope ([j = y] - p_j) for logit j.</summary>
    private void Weigh(Tensor slopes, Tensor hidden, Tensor targets, Buffers buffers)
    {
        Tensor logits = Fill(buffers.Logits, hidden);
        for (long start = 0; start < hidden.shape[0]; start += _lossPositions)
        {
            using DisposeScope scope = NewDisposeScope();
            long size = Math.Min(_lossPositions, hidden.shape[0] - start);
            Tensor own = logits.narrow(0, start, size), column = slopes.narrow(0, start, size).unsqueeze(1);
            Tensor gradient = LogProbabilities.Of(own).exp_();
            gradient.mul_(column.to(gradient.dtype).neg());
            gradient.scatter_add_(1, targets.narrow(0, start, size).unsqueeze(1), column.to(gradient.dtype));
            own.copy_(gradient);
        }
    }

    /// <summary>log p of an objective's answer tokens, under the model in training and, where there is a reference, under the frozen one.</summary>
    private (Tensor Own, Tensor? Frozen) Likelihoods(
        Tensor output, IReadOnlyList<Segment> segments, int objective, Tensor? reference, long answers, Buffers buffers)
    {
        Tensor own = empty(answers, dtype: ScalarType.Float64, device: model.Device);
        Tensor? frozen = reference is null ? null : empty_like(own);
        Visit(segments, (visited, first, positions, targets) =>
        {
            if (visited != objective)
                return;
            Copy(Fill(buffers.Logits, output.index_select(0, positions)), own);
            if (frozen is not null)
                Copy(Fill(buffers.Reference!, reference!.narrow(0, first, positions.shape[0])), frozen);

            void Copy(Tensor logits, Tensor likelihoods)
            {
                for (long start = 0; start < logits.shape[0]; start += _lossPositions)
                {
                    using DisposeScope scope = NewDisposeScope();
                    long size = Math.Min(_lossPositions, logits.shape[0] - start);
                    likelihoods.narrow(0, first + start, size).copy_(
                        LogProbabilities.OfTargets(logits.narrow(0, start, size), targets.narrow(0, start, size)));
                }
            }
        });
        return (own, frozen);
    }

    /// <summary>The loss of whole answers, and its derivative with respect to log p of each of their tokens.</summary>
    private (double Value, Tensor Slopes) Slopes(ISequenceObjective loss, IReadOnlyList<AnswerExample> examples, (Tensor Own, Tensor? Frozen) likelihoods)
    {
        using IDisposable grad = enable_grad();
        long[] counts = [.. examples.Select(example => (long)example.AnswerTokens)];
        Tensor tokens = tensor(counts, dtype: ScalarType.Float64, device: model.Device);
        Tensor sums = Sums(likelihoods.Own).requires_grad_(true);
        Tensor mean = loss.Mean(sums, likelihoods.Frozen is null ? null : Sums(likelihoods.Frozen), tokens);
        Tensor slopes = autograd.grad([mean], [sums])[0];
        return (mean.Number(), slopes.repeat_interleave(tensor(counts, device: model.Device)));

        Tensor Sums(Tensor each) => stack([.. each.split(counts).Select(answer => answer.sum())]);
    }

    private Tensor Fill(Tensor buffer, Tensor hidden)
    {
        Tensor normed = RmsNorm.Apply(hidden, model.FinalNorm, model.Config.RmsNormEpsilon);
        return buffer.narrow(0, 0, hidden.shape[0]).addmm_(normed, model.HeadWeight.t(), beta: 0);
    }

    private sealed record Buffers(Tensor Logits, Tensor? Reference);
}
