using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;

namespace Unlearning.Benchmarks;

/// <summary>The step of the table: three objectives, each with sequences of 128 tokens of which 32 are prompt.</summary>
internal static class TrainingData
{
    /// <summary>Sequences of one objective.</summary>
    public const int Sequences = 4;

    /// <summary>Tokens of a sequence.</summary>
    public const int Length = 128;

    private const int Prompt = 32;

    /// <summary>A trainer of the whole method (LoRA r = 16, dual-space direction, AdamW) on random tokens.</summary>
    /// <param name="model">The frozen base.</param>
    /// <param name="sequences">Sequences of each objective.</param>
    /// <param name="memoryMb">As <see cref="Unlearning.Engine.EngineOptions.TrainingMemoryMb"/>.</param>
    public static UnlearningTrainer Trainer(LlamaModel model, int sequences, int memoryMb = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new UnlearningTrainer(
            model,
            new TrainingSettings { Steps = 1000, BatchSize = sequences },
            [Objective("forget", "uce", 1), Objective("normal", "kl", 2), Objective("retain", "ce", 3)],
            memoryMb: memoryMb);

        TrainingObjective Objective(string name, string loss, int seed) => Create(name, loss, seed, model.Config.VocabularySize, sequences);
    }

    /// <summary>14 N T: forward and backward of three objectives without weight gradients (12 N T), and the reference (2 N T).</summary>
    /// <param name="parameters">N, see <see cref="Parameters"/>.</param>
    /// <param name="tokens">T, the tokens of one objective's batch.</param>
    public static double Flops(long parameters, long tokens) => 14.0 * parameters * tokens;

    private static TrainingObjective Create(string name, string loss, int seed, int vocabulary, int sequences)
    {
        Random random = new(seed);
        bool[] answer = [.. Enumerable.Range(0, Length).Select(t => t >= Prompt)];
        return new TrainingObjective(name, loss, [.. Enumerable.Range(0, sequences).Select(i =>
            new AnswerExample($"{name} {i}", [.. Enumerable.Range(0, Length).Select(_ => random.Next(vocabulary))], answer))]);
    }
}
