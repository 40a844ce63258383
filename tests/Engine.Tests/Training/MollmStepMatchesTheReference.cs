using System.Text.Json;
using TorchSharp;
using Unlearning.Engine.Models;
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

    private static void Compare(
        string run, string direction, string optimizer, string final, double rate, double tolerance, int memoryMb, long segmentTokens)
    {
        JsonElement fixture = Fixtures.Json("mollm_step", "run.json");
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU);
        JsonElement[] batches = [.. fixture.GetProperty("batches").EnumerateArray()];
        using UnlearningTrainer trainer = new(
            model,
            new TrainingSettings
            {
                Steps = 5,
                LearningRate = rate,
                LinearDecay = false,
                Lora = new LoraSettings(8, 16),
                Direction = direction,
                Optimizer = optimizer,
            },
            [.. Losses.Select(loss => new TrainingObjective(loss.Name, loss.Loss, Examples(batches[0].GetProperty(loss.Name))))],
            memoryMb: memoryMb);
        trainer.Memory.SegmentTokens = segmentTokens;
        using (no_grad())
        {
            using Tensor start = Flat("lora_init", trainer.Parameters.Layout);
            trainer.Parameters.Flat.copy_(start);
        }

        JsonElement[] steps = [.. fixture.GetProperty("runs").GetProperty(run).GetProperty("steps").EnumerateArray()];
        Assert.Equal(5, steps.Length);
        for (int step = 0; step < steps.Length; step++)
            Compare(steps[step], Advance(trainer, batches[step]), step);

        using Tensor expected = Flat(final, trainer.Parameters.Layout);
        using Tensor difference = (trainer.Parameters.Flat - expected).abs().max();
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

    private static Tensor Flat(string file, LoraLayout layout)
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = Safetensors.Read(Fixtures.Path("mollm_step", file + ".safetensors"));
        Tensor flat = zeros(layout.Length, dtype: ScalarType.Float64);
        foreach (LoraBlock block in layout.Blocks)
        {
            string name = "base_model.model." + ModuleNames.Linear(block.Layer, block.Module);
            block.A(flat).copy_(tensors[name + ".lora_A.weight"]);
            block.B(flat).copy_(tensors[name + ".lora_B.weight"]);
        }

        return flat.MoveToOuterDisposeScope();
    }
}
