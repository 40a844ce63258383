using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;

namespace Unlearning.Engine.Tests.Gpu;

/// <summary>A run with one objective of every loss there is, on answers of several lengths.</summary>
internal static class EveryLoss
{
    public static IReadOnlyList<string> Names { get; } = [.. Objective.Names];

    public static UnlearningTrainer Trainer(LlamaModel model, string optimizer) => new(
        model,
        new TrainingSettings { Steps = 6, BatchSize = 3, LearningRate = 1e-2, Lora = new LoraSettings(4, 8), Optimizer = optimizer },
        [.. Names.Select((loss, i) => new TrainingObjective(loss, loss, Examples(i))
        {
            Rejected = Objective.Create(loss) is ISequenceObjective { NeedsPairs: true } ? Examples(i + 100) : null,
        })]);

    private static AnswerExample[] Examples(int seed) => [.. Enumerable.Range(0, 5).Select(i =>
    {
        int[] ids = [1, .. Enumerable.Range(0, 9 + ((seed + i) % 4)).Select(t => 3 + ((37 * seed) + (101 * i) + (53 * t)) % 500)];
        return new AnswerExample($"{seed} {i}", ids, [.. ids.Select((_, t) => t >= 4)]);
    })];
}
