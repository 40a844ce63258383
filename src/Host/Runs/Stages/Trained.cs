using System.Globalization;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs.Training;

namespace Unlearning.Host.Runs.Stages;

/// <summary>What training came to; the adapter lies beside it.</summary>
/// <param name="ChosenStep">The step at which the adapter stood.</param>
/// <param name="Steps">Every step's record.</param>
/// <param name="Shape">The adapter, in words.</param>
internal sealed record Trained(int ChosenStep, IReadOnlyList<StepRecord> Steps, string Shape)
{
    /// <summary>What the validation split said of each checkpoint; empty for a training from before it was kept.</summary>
    public IReadOnlyList<CheckpointRecord> Checkpoints { get; init; } = [];

    public static Trained Of(UnlearnResult result)
    {
        string settings = string.Join("; ", result.Adapter.Modules.Values.Select(pair => pair.Settings).Distinct()
            .Select(settings => string.Create(CultureInfo.InvariantCulture, $"rank {settings.Rank}, alpha {settings.Alpha:0.###}")));
        return new Trained(result.ChosenStep, result.Steps, $"LoRA on {result.Adapter.Modules.Count} linear modules, {settings}")
        {
            Checkpoints = result.Checkpoints,
        };
    }
}
