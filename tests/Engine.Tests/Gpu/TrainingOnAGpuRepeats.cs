using Unlearning.Engine.Models;
using Unlearning.Engine.Tests.Training;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Gpu;

[Trait("Category", "Gpu")]
[Collection(GpuTests.Name)]
public sealed class TrainingOnAGpuRepeats
{
    [SkippableTheory]
    [InlineData(ScalarType.Float32, "adamw")]
    [InlineData(ScalarType.Float32, "sgd")]
    [InlineData(ScalarType.BFloat16, "adamw")]
    public void The_same_run_gives_the_same_bytes(ScalarType type, string optimizer)
    {
        Device gpu = Gpu.Required;
        Assert.Equal(Train(type, optimizer, gpu), Train(type, optimizer, gpu));
    }

    [SkippableTheory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public void A_resumed_run_gives_the_same_bytes(string optimizer) => AResumedRunGivesTheSameBytes.Check(optimizer, Gpu.Required);

    [SkippableTheory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Recomputed_layers_give_the_bytes_of_kept_ones(ScalarType type) => MemoryDecidesSpeedNotTheResult.Check(type, Gpu.Required);

    private static byte[] Train(ScalarType type, string optimizer, Device device)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, type, device);
        using UnlearningTrainer trainer = EveryLoss.Trainer(model, optimizer);
        for (int step = 0; step < 6; step++)
            trainer.Advance();
        return trainer.Parameters.Flat.cpu().bytes.ToArray();
    }
}
