using Unlearning.Engine.Models;
using Unlearning.Host.Reports;

namespace Unlearning.Host.Runs;

/// <summary>What training came to.</summary>
/// <param name="Adapter">The chosen adapter; the caller disposes it.</param>
/// <param name="ChosenStep">The step at which it stood.</param>
/// <param name="Steps">Every step's record.</param>
internal sealed record UnlearnResult(LoraAdapter Adapter, int ChosenStep, IReadOnlyList<StepRecord> Steps);
