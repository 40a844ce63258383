using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Training;

public sealed class LossesOfWholeAnswersFlowIntoTheirTokens
{
    [SkippableTheory]
    [InlineData(512)]
    [InlineData(1)]
    public void Gradients_agree_with_autograd_whatever_the_micro_batches(long segmentTokens)
    {
        using LlamaModel model = Load(ScalarType.Float64);
        TrainingObjective[] objectives = Objectives();
        using DisposeScope scope = NewDisposeScope();
        using LoraParameters parameters = LoraParameters.Initialise(new LoraLayout(model.Config, new LoraSettings(2, 4)), 1, ScalarType.Float64, CPU);
        using (no_grad())
            parameters.Flat.add_(randn(parameters.Flat.shape, ScalarType.Float64, generator: new Generator(5)), 0.05);
        IObjective[] losses = [.. objectives.Select(objective => objective.CheckedLoss(model.Config.VocabularySize))];
        TrainingMemory memory = new(model.Config, parameters.Layout, ScalarType.Float64, objectives.Length, 0) { SegmentTokens = segmentTokens };
        using JointGradients joint = new(model, parameters, losses, memory);
        using GradientRows gradients = new(objectives.Length, parameters.Layout.Length, ScalarType.Float64, CPU);
        using ReferenceStates states = new(model);
        AnswerExample[][] batches = [.. objectives.Select(Flat)];
        Tensor?[] references = [.. batches.Select((batch, i) => losses[i].NeedsReference ? states.Of(batch, static () => { }) : null)];
        double[] values = joint.Compute(batches, references, gradients, static () => { });

        for (int i = 0; i < objectives.Length; i++)
        {
            (double value, Tensor expected) = ByAutograd(model, parameters, batches[i], losses[i]);
            double worst = (gradients.Row(i) - expected).abs().max().item<double>(), size = expected.abs().max().item<double>();
            Assert.Equal(value, values[i], 1e-11 * Math.Max(1, Math.Abs(value)));
            Assert.True(worst <= 1e-11 * size && size > 0, $"{objectives[i].Name}: off by {worst:g3} of {size:g3}");
        }
    }

    [SkippableFact]
    public void At_the_start_the_gradient_of_NPO_is_that_of_ascent_on_the_sum()
    {
        using LlamaModel model = Load(ScalarType.Float64);
        AnswerExample[] one = [Answer("a", 1, 9)];
        using UnlearningTrainer trainer = new(
            model, Settings(1), [new TrainingObjective("npo", "npo", one), new TrainingObjective("ga", "ga", one)]);
        StepReport report = trainer.Advance();
        Assert.Equal(20 * Math.Log(2), report.Losses[0], 1e-12);
        Assert.Equal(one[0].AnswerTokens * report.Direction.Norms[1], report.Direction.Norms[0], 1e-11 * report.Direction.Norms[0]);
        Assert.Equal(1, report.Direction.Cosines[0, 1], 1e-12);
    }

    [SkippableTheory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Steps_repeat_lower_the_losses_and_leave_no_tensor_behind(ScalarType type)
    {
        using LlamaModel model = Load(type);
        foreach (TrainingObjective objective in Objectives().Where(objective => objective.Loss is "npo" or "simnpo" or "dpo"))
        {
            using UnlearningTrainer trainer = new(model, Settings(8), [objective]), again = new(model, Settings(8), [objective], memoryMb: 1);
            double[] losses = [.. Enumerable.Range(0, 4).Select(_ => trainer.Advance().Losses[0])];
            long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            losses = [.. losses, .. Enumerable.Range(0, 4).Select(_ => trainer.Advance().Losses[0])];
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            Assert.True(losses[^1] < losses[0], $"{objective.Name}: {string.Join(' ', losses)}");
            Assert.Equal(losses, Enumerable.Range(0, 8).Select(_ => again.Advance().Losses[0]));
        }
    }

    [SkippableFact]
    public void Pairs_are_asked_for_and_only_where_they_are_read()
    {
        AnswerExample[] answers = [Answer("a", 1, 9), Answer("b", 2, 9)];
        Assert.Contains("a rejected answer to each of 2 examples; 0", Refusal(new("refuse", "dpo", answers)), StringComparison.Ordinal);
        Assert.Contains("a rejected answer to each of 2 examples; 1", Refusal(new("refuse", "dpo", answers, Rejected: answers[..1])), StringComparison.Ordinal);
        Assert.Contains("no rejected answers; 2", Refusal(new("forget", "npo", answers, Rejected: answers)), StringComparison.Ordinal);

        static string Refusal(TrainingObjective objective) => Assert.Throws<ArgumentException>(() => objective.CheckedLoss(512)).Message;
    }

    /// <summary>The loss and its gradient through the layers that serve chats, one sequence at a time.</summary>
    private static (double Value, Tensor Gradient) ByAutograd(LlamaModel model, LoraParameters parameters, AnswerExample[] examples, IObjective loss)
    {
        Tensor flat = parameters.Flat.clone().requires_grad_();
        Tensor[] logits = [.. examples.Select(example => Logits(model, example, parameters.Layout, flat))];
        Tensor[] frozen = [.. examples.Select(example => Logits(model, example, null, flat).detach())];
        Tensor[] targets = [.. examples.Select(example => tensor(example.Ids.Where((_, t) => example.AnswerMask[t]).Select(id => (long)id).ToArray()))];
        Tensor value = loss is ISequenceObjective ofAnswers
            ? ofAnswers.Mean(Sums(logits), Sums(frozen), tensor(targets.Select(target => (double)target.shape[0]).ToArray()))
            : ((ITokenObjective)loss).Sum(cat(logits), cat(targets), cat(frozen)) / targets.Sum(target => target.shape[0]);
        return (value.item<double>(), autograd.grad([value], [flat])[0]);

        Tensor Sums(Tensor[] each) => stack([.. each.Zip(targets).Select(pair => LogProbabilities.OfTargets(pair.First, pair.Second).sum())]);
    }

    private static Tensor Logits(LlamaModel model, AnswerExample example, LoraLayout? layout, Tensor flat)
    {
        Tensor x = model.Embed(tensor(example.Ids.Select(id => (long)id).ToArray(), [1, example.Ids.Count]));
        using CausalAttention attention = new(model.Rotary, example.Ids.Count);
        for (int layer = 0; layer < model.Config.LayerCount; layer++)
        {
            LoraPair?[]? pairs = layout is null
                ? null
                : [.. layout.Layer(layer).Select(block => block is null ? null : new LoraPair(block.A(flat), block.B(flat), block.Settings))];
            x = model.Layer(layer, x, attention, pairs is null ? null : [new AdapterRows(0, 1, pairs)]);
        }

        return model.Head(x[0].index_select(0, tensor(Enumerable.Range(0, example.Ids.Count).Where(t => example.AnswerMask[t]).Select(t => t - 1L).ToArray())));
    }

    private static AnswerExample[] Flat(TrainingObjective objective) => objective.Rejected is null
        ? [.. objective.Examples]
        : [.. objective.Examples.Zip(objective.Rejected).SelectMany(pair => (AnswerExample[])[pair.First, pair.Second])];

    // One answer is longer than the head takes at a time.
    private static TrainingObjective[] Objectives()
    {
        AnswerExample[] forget = [Answer("a", 1, 9), Answer("b", 2, 130), Answer("c", 3, 8)], chosen = [Answer("d", 4, 7), Answer("e", 5, 9), Answer("f", 6, 120)];
        return
        [
            new("npo", "npo", forget),
            new("simnpo", "simnpo", forget, LossSettings: new Dictionary<string, double> { ["beta"] = 0.7, ["margin"] = 5 }),
            new("dpo", "dpo", chosen, Rejected: forget),
            new("ga", "ga", forget),
            new("kl_reverse", "kl_reverse", chosen),
        ];
    }

    private static AnswerExample Answer(string id, int seed, int length)
    {
        int[] ids = [1, .. Enumerable.Range(0, length).Select(t => 3 + (((37 * seed) + (53 * t)) % 500))];
        return new AnswerExample(id, ids, [.. ids.Select((_, t) => t >= 4)]);
    }

    private static TrainingSettings Settings(int steps) =>
        new() { Steps = steps, BatchSize = 3, LearningRate = 1e-2, LinearDecay = false, Lora = new LoraSettings(2, 4) };

    private static LlamaModel Load(ScalarType type)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        return LlamaModel.Load(checkpoint, type, CPU);
    }
}
