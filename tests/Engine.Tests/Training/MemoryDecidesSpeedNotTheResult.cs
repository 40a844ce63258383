using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Training;

public sealed class MemoryDecidesSpeedNotTheResult
{
    [SkippableTheory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void Recomputed_layers_give_the_bytes_of_kept_ones(ScalarType type) => Check(type, CPU);

    internal static void Check(ScalarType type, Device device)
    {
        using LlamaModel model = Load(type, device);
        using UnlearningTrainer kept = Trainer(model, memoryMb: 0), recomputed = Trainer(model, memoryMb: 1);
        for (int step = 0; step < 3; step++)
            Assert.Equal(kept.Advance().Losses, recomputed.Advance().Losses);
        Assert.Equal(model.Config.LayerCount, recomputed.Memory.RecomputedLayers(tokens: 60, largest: 60));
        Assert.Equal(kept.Parameters.Flat.cpu().bytes.ToArray(), recomputed.Parameters.Flat.cpu().bytes.ToArray());
    }

    [SkippableTheory]
    [InlineData("stories260k.F32.gguf")]
    [InlineData("stories260k.Q8_0.gguf")]
    public void A_base_streamed_from_its_file_gives_the_bytes_of_one_held_in_memory(string file)
    {
        string path = Fixtures.Path("gguf_models", file);
        using ICheckpoint checkpoint = Checkpoint.Open(path);
        using LlamaModel held = LlamaModel.Load(checkpoint, ScalarType.Float32, CPU);
        using LlamaModel streamed = LlamaModel.Load(Checkpoint.Open(path), ScalarType.Float32, CPU, streamed: true);
        using UnlearningTrainer first = Trainer(held, memoryMb: 0), second = Trainer(streamed, memoryMb: 1);
        for (int step = 0; step < 3; step++)
            Assert.Equal(first.Advance().Losses, second.Advance().Losses);
        Assert.Equal(first.Parameters.Flat.bytes.ToArray(), second.Parameters.Flat.bytes.ToArray());
    }

    [SkippableFact]
    public void Steps_leave_no_tensor_behind()
    {
        using LlamaModel model = Load(ScalarType.Float32, CPU);
        using UnlearningTrainer trainer = Trainer(model, memoryMb: 0);

        // By then every example of the normal set has its reference.
        for (int step = 0; step < 6; step++)
            trainer.Advance();
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int step = 0; step < 20; step++)
            trainer.Advance();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static LlamaModel Load(ScalarType type, Device device)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        return LlamaModel.Load(checkpoint, type, device);
    }

    private static UnlearningTrainer Trainer(LlamaModel model, int memoryMb) => new(
        model,
        new TrainingSettings { Steps = 40, BatchSize = 2, LearningRate = 1e-3, Lora = new LoraSettings(4, 8) },
        [Objective("forget", "uce", 1), Objective("normal", "kl", 2), Objective("retain", "ce", 3)],
        memoryMb: memoryMb);

    private static TrainingObjective Objective(string name, string loss, int seed) => new(name, loss, [.. Enumerable.Range(0, 5).Select(i =>
    {
        int[] ids = [1, .. Enumerable.Range(0, 7 + ((seed + i) % 4)).Select(t => 3 + ((37 * seed) + (101 * i) + (53 * t)) % 500)];
        return new AnswerExample($"{name} {i}", ids, [.. ids.Select((_, t) => t >= 4)]);
    })]);
}
