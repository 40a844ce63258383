using Unlearning.Engine.Models;
using Unlearning.Engine.Tests.Training;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Gpu;

[Trait("Category", "Gpu")]
[Collection(GpuTests.Name)]
public sealed class AGpuTrainsAsTheCpuDoes
{
    private const int Steps = 6;

    [SkippableTheory]
    [InlineData(0, "forget")]
    [InlineData(1, "normal")]
    [InlineData(2, "retain")]
    public void Gradients_in_float64_are_the_references(int objective, string name) =>
        MollmStepMatchesTheReference.SecondGradient(objective, name, Gpu.Required);

    [SkippableTheory]
    [InlineData(0, 8192)]
    [InlineData(0, 40)]
    [InlineData(1, 40)]
    public void Five_steps_in_float64_are_the_references(int memoryMb, long segmentTokens)
    {
        Device gpu = Gpu.Required;
        MollmStepMatchesTheReference.Compare("dual_space", "dual_space", "sgd", "lora_dual_space_step5", 0.05, 1e-11, memoryMb, segmentTokens, gpu);
        MollmStepMatchesTheReference.Compare("dual_space_adamw", "dual_space", "adamw", "lora_adamw_dual_space_step5", 1e-3, 1e-9, memoryMb, segmentTokens, gpu);
    }

    /// <summary>With every loss there is, among them those of whole answers and of pairs.</summary>
    [SkippableTheory]
    [InlineData(ScalarType.Float32, 1e-4, 5e-3)]
    [InlineData(ScalarType.BFloat16, 5e-2, 0.5)]
    public void Steps_lead_where_the_cpus_do_to_the_types_precision(ScalarType type, double lossTolerance, double pathTolerance)
    {
        Device gpu = Gpu.Required;
        (double[][] Losses, double[] Moved) cpu = Train(type, CPU), own = Train(type, gpu);
        for (int step = 0; step < Steps; step++)
        {
            for (int i = 0; i < cpu.Losses[step].Length; i++)
            {
                double off = Math.Abs(cpu.Losses[step][i] - own.Losses[step][i]), allowed = lossTolerance * Math.Max(1, Math.Abs(cpu.Losses[step][i]));
                Assert.True(off <= allowed, $"step {step + 1}, {EveryLoss.Names[i]}: off by {off:g3}, allowed {allowed:g3}");
            }
        }

        double length = Math.Sqrt(cpu.Moved.Sum(x => x * x)), apart = Math.Sqrt(cpu.Moved.Zip(own.Moved, (a, b) => (a - b) * (a - b)).Sum());
        Assert.True(length > 0 && apart <= pathTolerance * length, $"the adapters are {apart:g3} apart after a way of {length:g3}");
    }

    private static (double[][] Losses, double[] Moved) Train(ScalarType type, Device device)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, type, device);
        using UnlearningTrainer trainer = EveryLoss.Trainer(model, "sgd");
        using Tensor start = trainer.Parameters.Flat.cpu().clone();
        double[][] losses = [.. Enumerable.Range(0, Steps).Select(_ => trainer.Advance().Losses.ToArray())];
        using Tensor moved = (trainer.Parameters.Flat.cpu() - start).to(ScalarType.Float64);
        return (losses, moved.data<double>().ToArray());
    }
}
