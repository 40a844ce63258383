using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Engine.Training.Optimizers;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Training;

namespace Unlearning.Host.Runs.Assessment;

/// <summary>
/// Somebody who has the weights trains them further on a few answers: plain cross-entropy, AdamW, with the recipe's step sizes. A
/// candidate's own adapter is trained on; the base gets a fresh one of the recipe's rank.
/// </summary>
/// <remarks>
/// After S. Hu et al., "Unlearning or Obfuscating? Jogging the Memory of Unlearned LLMs via Benign Relearning", ICLR 2025 (arXiv 2406.13356).
/// </remarks>
/// <param name="engine">The base, on whose thread the training runs between chats.</param>
/// <param name="recipe">Rank, step sizes and length of the sequences.</param>
internal sealed class Relearning(LlamaEngine engine, RecipeOptions recipe)
{
    /// <summary>Sequences in a step, where there are that many answers.</summary>
    public const int BatchSize = 4;

    /// <summary>Trains. The same answers, seed and adapter give the same bytes on the same device.</summary>
    /// <param name="adapter">The candidate, which stays as it is; null is the base.</param>
    /// <param name="lessons">The answers; those whose prompt leaves no room for an answer are left out.</param>
    /// <param name="steps">At least 1.</param>
    /// <param name="seed">Of the shuffle, and of a fresh adapter's start.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>The adapter now, to be disposed by the caller; null where no answer is left to train on.</returns>
    /// <exception cref="Engine.Directions.NonFiniteGradientException">A gradient is NaN or infinite.</exception>
    public async Task<LoraAdapter?> TrainAsync(
        LoraAdapter? adapter, IReadOnlyList<ReferenceAnswer> lessons, int steps, int seed, CancellationToken cancellationToken)
    {
        AnswerExample[] examples =
        [
            .. lessons.Index().Where(lesson => lesson.Item.Answer.Length > 0)
                .Select(lesson => FittedExample.Of(engine, $"lesson {lesson.Index}", lesson.Item, recipe.MaximumTokens, recipe.MaximumTokens)).OfType<AnswerExample>(),
        ];
        if (examples.Length == 0)
            return null;
        TrainingSettings settings = new()
        {
            Steps = steps,
            BatchSize = BatchSize,
            LearningRate = recipe.LearningRate,
            WarmupSteps = Math.Min(recipe.WarmupSteps, steps / 2),
            Optimizer = "adamw",
            AdamW = new AdamWSettings { WeightDecay = 0 },
            Direction = "weighted_sum",
            Lora = new LoraSettings(recipe.Rank, recipe.Alpha),
            Seed = seed,
        };
        UnlearningTrainer trainer = await engine.RunAsync(
            _ => new UnlearningTrainer(engine.Model, settings, [new TrainingObjective("relearn", "ce", examples)], adapter, engine.TrainingMemoryMb),
            cancellationToken).ConfigureAwait(false);
        try
        {
            while (trainer.Step < steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await engine.RunAsync(trainer.Advance, cancellationToken).ConfigureAwait(false);
            }

            return await engine.RunAsync(_ => trainer.Parameters.Snapshot(engine.Model.Type), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await engine.RunAsync(
                _ =>
                {
                    trainer.Dispose();
                    return true;
                },
                CancellationToken.None).ConfigureAwait(false);
        }
    }
}
