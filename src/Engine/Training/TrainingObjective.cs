using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;

namespace Unlearning.Engine.Training;

/// <summary>One of the objectives that a step combines: a loss over a set.</summary>
/// <param name="Name">Name in reports, such as <c>forget</c>, <c>normal</c> or <c>retain</c>.</param>
/// <param name="Loss">Name of the loss, see <see cref="Objective.Names"/>.</param>
/// <param name="Examples">The set; each step takes the next batch of a seeded shuffle.</param>
/// <param name="BatchSize">Sequences (or pairs) in one step; <see cref="TrainingSettings.BatchSize"/> when null.</param>
/// <param name="LossSettings">Settings of the loss by name; its defaults when null.</param>
/// <param name="Rejected">For a loss of pairs, which then prefers <paramref name="Examples"/>: to each of them the other answer, to the same prompt.</param>
public sealed record TrainingObjective(
    string Name,
    string Loss,
    IReadOnlyList<AnswerExample> Examples,
    int? BatchSize = null,
    IReadOnlyDictionary<string, double>? LossSettings = null,
    IReadOnlyList<AnswerExample>? Rejected = null)
{
    /// <summary>The loss, once the sets are found to fit it and the model.</summary>
    /// <exception cref="ArgumentException">A set is empty, does not fit the loss or the vocabulary; or the loss or a setting is unknown.</exception>
    internal IObjective CheckedLoss(int vocabularySize)
    {
        if (Examples.Count == 0)
            throw new ArgumentException($"Objective '{Name}' has no examples. Give it a set, or leave it out of the recipe.");
        IObjective loss = Objective.Create(Loss, LossSettings);
        bool pairs = loss is ISequenceObjective { NeedsPairs: true };
        if (pairs != (Rejected is not null) || (pairs && Rejected!.Count != Examples.Count))
        {
            throw new ArgumentException(
                $"Objective '{Name}': the loss '{Loss}' reads {(pairs ? $"a rejected answer to each of {Examples.Count} examples" : "no rejected answers")}; " +
                $"{Rejected?.Count ?? 0} were given.");
        }

        foreach (AnswerExample example in Examples.Concat(Rejected ?? []))
            example.Validate(vocabularySize);
        return loss;
    }
}
