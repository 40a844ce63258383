using System.Text.Json;
using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Training;

[Trait("Category", "Fixtures")]
public sealed class MollmStepMatchesTheReference
{
    private static readonly (string Name, string Loss)[] Losses = [("forget", "uce"), ("normal", "kl"), ("retain", "ce")];

    [SkippableTheory]
    [InlineData("dual_space", "dual_space", "sgd", "lora_dual_space_step5", 0.05, 1e-12)]
    [InlineData("min_norm", "min_norm", "sgd", "lora_min_norm_step5", 0.05, 1e-12)]
    [InlineData("dual_space", "dual_space_paper", "sgd", "lora_dual_space_step5", 0.05, 1e-12)]
    [InlineData("upgrad", "upgrad", "sgd", "lora_upgrad_step5", 0.05, 1e-12)]
    [InlineData("weighted_sum", "weighted_sum", "sgd", "lora_weighted_sum_step5", 0.05, 1e-12)]
    [InlineData("dual_space_adamw", "dual_space", "adamw", "lora_adamw_dual_space_step5", 1e-3, 1e-10)]
    public void Five_steps_in_float64_agree_with_the_reference(
        string run, string direction, string optimizer, string final, double rate, double tolerance) =>
        Compare(run, direction, optimizer, final, rate, tolerance, memoryMb: 0, segmentTokens: 512);

    [SkippableTheory]
    [InlineData(0, 1)]
    [InlineData(0, 40)]
    [InlineData(1, 40)]
    public void Cut_into_micro_batches_or_recomputed_they_still_do(int memoryMb, long segmentTokens)
    {
        Compare("dual_space", "dual_space", "sgd", "lora_dual_space_step5", 0.05, 1e-12, memoryMb, segmentTokens);
        Compare("dual_space_adamw", "dual_space", "adamw", "lora_adamw_dual_space_step5", 1e-3, 1e-10, memoryMb, segmentTokens);
    }

    [SkippableTheory]
    [InlineData("dual_space")]
    [InlineData("min_norm")]
    [InlineData("upgrad")]
    public void The_first_step_has_the_references_gradients_and_moves_B_alone(string direction)
    {
        JsonElement batches = Fixtures.Json("mollm_step", "run.json").GetProperty("batches")[0];
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU);
        using UnlearningTrainer trainer = Started(model, batches, direction, "sgd", 0.05, memoryMb: 0);
        using DisposeScope scope = NewDisposeScope();
        Tensor start = trainer.Parameters.Flat.clone();
        using GradientRows gradients = Gradients(model, trainer, batches);

        // While B is 0 no gradient reaches A.
        Tensor none = zeros_like(start);
        Same(Flat("grad_step1_forget_B", trainer.Parameters.Layout, none), gradients.Row(0), 1e-12, "forget");
        Same(Flat("grad_step1_retain_B", trainer.Parameters.Layout, none), gradients.Row(2), 1e-12, "retain");
        Assert.True(gradients.Row(1).norm().item<double>() < 1e-13);

        Advance(trainer, batches);
        Same(Flat($"lora_{direction}_step1_B", trainer.Parameters.Layout, start), trainer.Parameters.Flat, 1e-13, "parameters");
    }

    [SkippableTheory]
    [InlineData(0, "forget")]
    [InlineData(1, "normal")]
    [InlineData(2, "retain")]
    public void The_second_step_has_the_references_gradients(int objective, string name) => SecondGradient(objective, name, CPU);

    internal static void SecondGradient(int objective, string name, Device device)
    {
        JsonElement batches = Fixtures.Json("mollm_step", "run.json").GetProperty("batches");
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float64, device);
        using UnlearningTrainer trainer = Started(model, batches[0], "dual_space", "sgd", 0.05, memoryMb: 0);
        Advance(trainer, batches[0]);
        using DisposeScope scope = NewDisposeScope();
        using GradientRows gradients = Gradients(model, trainer, batches[1]);
        Same(Flat($"grad_step2_dual_space_{name}", trainer.Parameters.Layout), gradients.Row(objective), 1e-11, name);
    }

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(1e-5)]
    public void At_the_first_step_the_noise_in_place_of_the_KL_gradient_counts_only_above_the_threshold(double? threshold)
    {
        JsonElement batches = Fixtures.Json("mollm_step", "run.json").GetProperty("batches")[0];
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float32, CPU);
        StepReport First(double? inactive)
        {
            using UnlearningTrainer trainer = Started(model, batches, "dual_space", "sgd", 0.05, memoryMb: 0, inactive);
            return Advance(trainer, batches);
        }

        StepReport report = First(threshold);
        Assert.InRange(report.Losses[1], 0, 1e-7);
        Assert.Equal((0, false), (report.Direction.Weights[1], report.Direction.Active[1]));
        double share = report.Direction.Norms[1] / report.Direction.Norms.Max();
        Assert.InRange(share, 1e-9, 1e-6);
        StepReport counted = First(share / 2);
        Assert.True(counted.Direction.Active[1]);
        Assert.NotEqual(0, counted.Direction.Weights[1]);
    }

    private static UnlearningTrainer Started(
        LlamaModel model, JsonElement batches, string direction, string optimizer, double rate, int memoryMb, double? inactive = null)
    {
        UnlearningTrainer trainer = new(
            model,
            new TrainingSettings
            {
                Steps = 5,
                LearningRate = rate,
                LinearDecay = false,
                Lora = new LoraSettings(8, 16),
                Direction = direction,
                Optimizer = optimizer,
                InactiveThreshold = inactive,
            },
            [.. Losses.Select(loss => new TrainingObjective(loss.Name, loss.Loss, Examples(batches.GetProperty(loss.Name))))],
            memoryMb: memoryMb);
        using (no_grad())
        {
            using Tensor start = Flat("lora_init", trainer.Parameters.Layout);
            trainer.Parameters.Flat.copy_(start);
        }

        return trainer;
    }

    /// <summary>The gradients at the trainer's parameters, in the order of <see cref="Losses"/>.</summary>
    private static GradientRows Gradients(LlamaModel model, UnlearningTrainer trainer, JsonElement batches)
    {
        AnswerExample[][] examples = [.. Losses.Select(loss => Examples(batches.GetProperty(loss.Name)))];
        IObjective[] losses = [.. Losses.Select(loss => Objective.Create(loss.Loss))];
        using JointGradients joint = new(model, trainer.Parameters, losses, trainer.Memory);
        using ReferenceStates states = new(model);
        GradientRows gradients = new(losses.Length, trainer.Parameters.Layout.Length, ScalarType.Float64, model.Device);
        joint.Compute(
            examples, [.. examples.Select((batch, i) => losses[i].NeedsReference ? states.Of(batch, static () => { }) : null)], gradients, static () => { });
        return gradients;
    }

    private static void Same(Tensor expected, Tensor actual, double tolerance, string what)
    {
        double worst = (actual.cpu() - expected).abs().max().item<double>(), size = expected.abs().max().item<double>();
        Assert.True(size > 0 && worst <= tolerance * size, $"{what}: off by {worst:g3} of {size:g3}");
    }

    internal static void Compare(
        string run, string direction, string optimizer, string final, double rate, double tolerance, int memoryMb, long segmentTokens, Device? device = null)
    {
        JsonElement fixture = Fixtures.Json("mollm_step", "run.json");
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float64, device ?? CPU);
        JsonElement[] batches = [.. fixture.GetProperty("batches").EnumerateArray()];
        using UnlearningTrainer trainer = Started(model, batches[0], direction, optimizer, rate, memoryMb);
        trainer.Memory.SegmentTokens = segmentTokens;
        JsonElement[] steps = [.. fixture.GetProperty("runs").GetProperty(run).GetProperty("steps").EnumerateArray()];
        Assert.Equal(5, steps.Length);
        for (int step = 0; step < steps.Length; step++)
            Compare(steps[step], Advance(trainer, batches[step]), step);

        using Tensor expected = Flat(final, trainer.Parameters.Layout);
        using Tensor difference = (trainer.Parameters.Flat.cpu() - expected).abs().max();
        Assert.True(difference.item<double>() <= tolerance, $"parameters off by {difference.item<double>():g3}");
    }

    private static StepReport Advance(UnlearningTrainer trainer, JsonElement batches) =>
        trainer.Advance([.. Losses.Select(loss => Examples(batches.GetProperty(loss.Name)))], static () => { });

    private static void Compare(JsonElement expected, StepReport report, int step)
    {
        double[] losses = expected.GetProperty("losses").Numbers(), norms = expected.GetProperty("grad_norms").Numbers();
        double[] weights = expected.GetProperty("w").Numbers(), product = expected.GetProperty("Jd").Numbers();
        double[][] cosines = [.. expected.GetProperty("cosines").EnumerateArray().Select(row => row.Numbers())];
        string[] active = [.. expected.GetProperty("active").EnumerateArray().Select(name => name.GetString()!)];
        for (int i = 0; i < losses.Length; i++)
        {
            string at = $"step {step + 1}, {Losses[i].Name}";
            bool noise = step == 0 && Losses[i].Name == "normal";
            Near(losses[i], report.Losses[i], noise ? 1e-14 : 1e-12 * Math.Abs(losses[i]), at + " loss");
            Near(weights[i], report.Direction.Weights[i], 1e-9, at + " weight");
            if (noise)
            {
                Assert.True(report.Direction.Norms[i] < 1e-13, at + " norm");
                continue;
            }

            Near(norms[i], report.Direction.Norms[i], 1e-11 * norms[i], at + " norm");
            Near(product[i], report.Direction.JacobianProduct[i], 1e-9, at + " Jd");
            for (int j = 0; j < losses.Length; j++)
            {
                if (step > 0 || Losses[j].Name != "normal")
                    Near(cosines[i][j], report.Direction.Cosines[i, j], 1e-10, $"{at} cosine with {Losses[j].Name}");
            }

            // The plain sum has no rule for gradients of noise.
            if (report.Direction.Direction != "weighted_sum")
                Assert.Equal(active.Contains(Losses[i].Name), report.Direction.Active[i]);
            if (expected.TryGetProperty("J_dtheta", out JsonElement change))
                Near(change[i].GetDouble(), report.FirstOrderChange[i], 1e-9, at + " first-order change");
        }

        if (expected.TryGetProperty("J_dtheta", out _))
            Assert.InRange(report.Alignment, 0.1, 0.99);
        else
            Near(1, report.Alignment, 1e-6, $"step {step + 1} alignment");
        Near(expected.GetProperty("d_norm").GetDouble(), report.Direction.DirectionNorm, 1e-8, $"step {step + 1} direction norm");
    }

    private static void Near(double expected, double actual, double tolerance, string what) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: {actual:r} is off {expected:r} by {Math.Abs(expected - actual):g3}, allowed {tolerance:g3}");

    private static AnswerExample[] Examples(JsonElement batch)
    {
        int[] lengths = batch.GetProperty("lengths").Integers();
        return [.. lengths.Select((length, row) => new AnswerExample(
            $"row {row}",
            batch.GetProperty("ids")[row].Integers()[..length],
            [.. batch.GetProperty("answer_mask")[row].Integers()[..length].Select(flag => flag != 0)]))];
    }

    /// <summary>The file's parameters in the trainer's order; what it leaves out (A where it has only B) is taken from <paramref name="rest"/>.</summary>
    private static Tensor Flat(string file, LoraLayout layout, Tensor? rest = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = Safetensors.Read(Fixtures.Path("mollm_step", file + ".safetensors"));
        Tensor flat = rest?.clone() ?? zeros(layout.Length, dtype: ScalarType.Float64);
        foreach (LoraBlock block in layout.Blocks)
        {
            string name = "base_model.model." + ModuleNames.Linear(block.Layer, block.Module);
            if (rest is null || tensors.ContainsKey(name + ".lora_A.weight"))
                block.A(flat).copy_(tensors[name + ".lora_A.weight"]);
            block.B(flat).copy_(tensors[name + ".lora_B.weight"]);
        }

        return flat.MoveToOuterDisposeScope();
    }
}
