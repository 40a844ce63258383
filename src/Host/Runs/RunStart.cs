namespace Unlearning.Host.Runs;

/// <summary>What a run is started with.</summary>
/// <param name="Reason">Why, for the record.</param>
public sealed record RunStart(string Reason)
{
    /// <summary>The caller's id of its request, so that repeating it starts no second run; null for none.</summary>
    public string? RequestId { get; init; }

    /// <summary>What starts it, see <see cref="RunTriggers"/>.</summary>
    public string Trigger { get; init; } = RunTriggers.Command;

    /// <summary>The name of who starts it; this name's approval never counts.</summary>
    public string StartedBy { get; init; } = "local";

    /// <summary>Whether a run that waits for approval makes way for this one. No other active run does.</summary>
    public bool Supersede { get; init; }

    /// <summary>The id to start under, where something was prepared under it; null for a new one.</summary>
    public string? RunId { get; init; }

    /// <summary>The run that this one repeats from a stage; null for a run of its own.</summary>
    public string? RetryOf { get; init; }

    /// <summary>The stage from which it repeats that run.</summary>
    public RunStage RetryFrom { get; init; }
}
