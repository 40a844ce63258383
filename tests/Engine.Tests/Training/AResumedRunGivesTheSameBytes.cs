using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Training;

[Trait("Category", "Fixtures")]
public sealed class AResumedRunGivesTheSameBytes
{
    [SkippableTheory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public void Six_steps_equal_three_a_checkpoint_and_three(string optimizer) => Check(optimizer, CPU);

    internal static void Check(string optimizer, Device device)
    {
        using LlamaModel model = Load(device);
        using UnlearningTrainer straight = Trainer(model, optimizer);
        Advance(straight, 6);

        InFolder(path =>
        {
            using (UnlearningTrainer first = Trainer(model, optimizer))
            {
                Advance(first, 3);
                TrainingCheckpoint.Save(first, path, "recipe and data");
            }

            using UnlearningTrainer second = Trainer(model, optimizer);
            TrainingCheckpoint.Restore(second, path, "recipe and data");
            Assert.Equal(3, second.Step);
            Assert.NotEqual(Bytes(straight), Bytes(second));
            Advance(second, 3);
            Assert.Equal(Bytes(straight), Bytes(second));
        });
    }

    [SkippableFact]
    public void A_checkpoint_of_another_recipe_is_refused()
    {
        using LlamaModel model = Load(CPU);
        using UnlearningTrainer trainer = Trainer(model, "adamw");
        Advance(trainer, 1);
        InFolder(path =>
        {
            TrainingCheckpoint.Save(trainer, path, "one recipe");
            using UnlearningTrainer other = Trainer(model, "adamw");
            byte[] before = Bytes(other);
            CheckpointException refused = Assert.Throws<CheckpointException>(() => TrainingCheckpoint.Restore(other, path, "another recipe"));
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.Equal(0, other.Step);
            Assert.Equal(before, Bytes(other));
        });
    }

    private static LlamaModel Load(Device device)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        return LlamaModel.Load(checkpoint, ScalarType.Float32, device);
    }

    private static UnlearningTrainer Trainer(LlamaModel model, string optimizer) => new(
        model,
        new TrainingSettings { Steps = 6, BatchSize = 2, LearningRate = 1e-2, Lora = new LoraSettings(4, 8), Optimizer = optimizer },
        [Objective("forget", "uce", 1), Objective("normal", "kl", 2), Objective("retain", "ce", 3)]);

    // Lengths differ, so that padding is exercised; 5 examples in batches of 2 cross an epoch.
    private static TrainingObjective Objective(string name, string loss, int seed) => new(name, loss, [.. Enumerable.Range(0, 5).Select(i =>
    {
        int[] ids = [1, .. Enumerable.Range(0, 7 + ((seed + i) % 4)).Select(t => 3 + (37 * seed + 101 * i + 53 * t) % 500)];
        return new AnswerExample($"{name} {i}", ids, [.. ids.Select((_, t) => t >= 4)]);
    })]);

    private static void Advance(UnlearningTrainer trainer, int steps)
    {
        for (int i = 0; i < steps; i++)
            trainer.Advance();
    }

    private static byte[] Bytes(UnlearningTrainer trainer) => trainer.Parameters.Flat.cpu().bytes.ToArray();

    private static void InFolder(Action<string> use)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unlearning-");
        try
        {
            use(Path.Combine(folder.FullName, "run.safetensors"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
