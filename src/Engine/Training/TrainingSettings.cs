using Unlearning.Engine.Directions;
using Unlearning.Engine.Models;
using Unlearning.Engine.Training.Optimizers;

namespace Unlearning.Engine.Training;

/// <summary>Everything besides the data that decides an unlearning run. Same settings, data and device: same bytes.</summary>
public sealed record TrainingSettings
{
    /// <summary>Steps of the whole run; the learning rate decays over them.</summary>
    public int Steps { get; init; } = 40;

    /// <summary>Sequences of each objective in one step.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Step size at the first step.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Whether the step size falls linearly to 0 over the run; constant otherwise.</summary>
    public bool LinearDecay { get; init; } = true;

    /// <summary>Steps over which the step size rises to <see cref="LearningRate"/>: AdamW's first steps have no history to scale by.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Seed of the adapter's start and of the shuffles.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Rank and alpha of a fresh adapter; a run that starts from a parent keeps the parent's.</summary>
    public LoraSettings Lora { get; init; } = new(16, 32);

    /// <summary>Rule that combines the gradients, see <see cref="Directions.Direction.Names"/>.</summary>
    public string Direction { get; init; } = "dual_space";

    /// <summary>Options of that rule.</summary>
    public DirectionOptions DirectionOptions { get; init; } = new();

    /// <summary><c>sgd</c> or <c>adamw</c>.</summary>
    public string Optimizer { get; init; } = "adamw";

    /// <summary>Settings of AdamW.</summary>
    public AdamWSettings AdamW { get; init; } = new();

    /// <summary>
    /// A gradient whose norm is at most this share of the largest is left out of the direction; null picks 1e-12 in float64 and
    /// 1e-6 otherwise. The KL gradient of the first step is pure rounding noise: about 1e-7 on small models, up to 2.3e-6 on SmolLM2-135M,
    /// which therefore counts unless this is raised.
    /// </summary>
    public double? InactiveThreshold { get; init; }

    /// <summary>Step size at a zero-based step.</summary>
    public double RateAt(int step) =>
        LearningRate * (step < WarmupSteps ? (step + 1.0) / (WarmupSteps + 1) : 1) * (LinearDecay ? 1 - ((double)step / Steps) : 1);
}
