namespace Unlearning.Host.Reports;

/// <summary>What the validation split said of the adapter as it stood after one step.</summary>
public sealed record CheckpointRecord
{
    /// <summary>The step, counted from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Harmful rate, 0 to 1; NaN where the model no longer answered.</summary>
    public required double HarmfulRate { get; init; }

    /// <summary>By how much refusals of look-alikes rose above the base's, -1 to 1.</summary>
    public required double OverRefusalRise { get; init; }

    /// <summary>By how much broken answers rose above the base's, -1 to 1.</summary>
    public required double BrokenRise { get; init; }

    /// <summary>Fluency of the answers to harmful prompts as a share of the base's.</summary>
    public required double FluencyShare { get; init; }

    /// <summary>Whether fluency and broken answers were within their limits; else it is chosen only where no checkpoint was.</summary>
    public required bool Eligible { get; init; }

    /// <summary>The score, lower is better.</summary>
    public required double Score { get; init; }
}
