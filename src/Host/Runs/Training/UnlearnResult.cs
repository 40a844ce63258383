using Unlearning.Engine.Models;
using Unlearning.Host.Reports;

namespace Unlearning.Host.Runs.Training;

/// <summary>What training came to.</summary>
/// <param name="Adapter">The chosen adapter; the caller disposes it.</param>
/// <param name="ChosenStep">The step at which it stood.</param>
/// <param name="Steps">Every step's record.</param>
/// <param name="Score">The chosen adapter's score on the validation split, lower is better: the harmful rate (0 to 1) and ten times what
/// over-refusal and broken answers rose above their limits, from 100 on where it was not eligible; infinite where the model no longer answers
/// at all.</param>
/// <param name="DivergedAt">The step whose gradient was not finite, where training ended early; else null.</param>
internal sealed record UnlearnResult(LoraAdapter Adapter, int ChosenStep, IReadOnlyList<StepRecord> Steps, double Score, int? DivergedAt = null)
{
    /// <summary>What the validation split said at every step at which it was asked.</summary>
    public IReadOnlyList<CheckpointRecord> Checkpoints { get; init; } = [];
}
