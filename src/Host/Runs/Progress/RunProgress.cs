namespace Unlearning.Host.Runs.Progress;

/// <summary>How far a run has got.</summary>
public sealed record RunProgress
{
    /// <summary>The stage under way.</summary>
    public RunStage Stage { get; init; }

    /// <summary>Steps done of <see cref="TotalSteps"/> in this stage.</summary>
    public int Step { get; init; }

    /// <summary>Steps this stage will take; 0 while unknown.</summary>
    public int TotalSteps { get; init; }

    /// <summary>The latest loss of each objective, in nats per token, by objective name.</summary>
    public IReadOnlyDictionary<string, double> Losses { get; init; } = new Dictionary<string, double>();

    /// <summary>The latest angle between each pair of gradients, in degrees, by "first/second"; over 90 is a conflict.</summary>
    public IReadOnlyDictionary<string, double> Angles { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// Estimated time left in the run; of the stage alone while no earlier run tells how long the others take; null while unknown.
    /// </summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Seconds that the stages took which this run has finished, by stage; what later runs are estimated from.</summary>
    public IReadOnlyDictionary<string, double> StageSeconds { get; init; } = new Dictionary<string, double>();

    /// <summary>When the wait for approval began; null in other stages.</summary>
    public DateTimeOffset? StageBegan { get; init; }
}
