using Unlearning.Engine.Directions;

namespace Unlearning.Engine.Training;

/// <summary>What one training step did.</summary>
/// <param name="Step">One-based number of the step.</param>
/// <param name="Objectives">Names, in the order of every per-objective list here.</param>
/// <param name="Losses">Mean loss over the batch's answer tokens (or answers, or pairs of them, where the loss is of those) before the update, in nats.</param>
/// <param name="Direction">Norms, cosines, weights and branch of the combination.</param>
/// <param name="LearningRate">Step size used.</param>
/// <param name="FirstOrderChange">g_i . (new parameters - old): the change of each loss to first order. Positive means that the optimiser's own scaling undid the direction's guarantee.</param>
/// <param name="Alignment">
/// Cosine of the angle between the parameters' change and the descent along the direction, in [-1, 1]: 1 for plain SGD; what is missing
/// to 1 is what the optimiser's scaling, memory and decay made of it. 0 where nothing moved.
/// </param>
/// <param name="Duration">Time the step took, chat served in between included.</param>
public sealed record StepReport(
    int Step,
    IReadOnlyList<string> Objectives,
    IReadOnlyList<double> Losses,
    DirectionReport Direction,
    double LearningRate,
    IReadOnlyList<double> FirstOrderChange,
    double Alignment,
    TimeSpan Duration);
