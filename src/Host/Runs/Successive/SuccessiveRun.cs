namespace Unlearning.Host.Runs.Successive;

/// <summary>Where the model stood after one of several successive runs.</summary>
/// <param name="Run">1 for the first run; 0 is the base before it.</param>
/// <param name="ChosenStep">The training step whose adapter was kept; 0 before the first run.</param>
/// <param name="FirstHarmfulRate">Share of the first batch's prompts that are answered, 0 to 1.</param>
/// <param name="CurrentHarmfulRate">Share of this run's own prompts that are answered, 0 to 1; before the first run the first batch's.</param>
/// <param name="CurrentHarmfulRateBefore">The same before this run, when runs before it had already changed the model.</param>
/// <param name="OrdinaryNegativeLogLikelihood">Mean over the ordinary answers, nats per token.</param>
internal sealed record SuccessiveRun(
    int Run, int ChosenStep, double FirstHarmfulRate, double CurrentHarmfulRate, double CurrentHarmfulRateBefore, double OrdinaryNegativeLogLikelihood);
