using Unlearning.Engine.Text;

namespace Unlearning.Engine.Training;

/// <summary>One of the objectives that a step combines: a loss over a set.</summary>
/// <param name="Name">Name in reports, such as <c>forget</c>, <c>normal</c> or <c>retain</c>.</param>
/// <param name="Loss">Name of the loss, see <see cref="Objectives.Objective.Names"/>.</param>
/// <param name="Examples">The set; each step takes the next batch of a seeded shuffle.</param>
/// <param name="BatchSize">Sequences in one step; <see cref="TrainingSettings.BatchSize"/> when null.</param>
public sealed record TrainingObjective(string Name, string Loss, IReadOnlyList<AnswerExample> Examples, int? BatchSize = null);
