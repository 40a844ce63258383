using System.Collections.Frozen;

namespace Unlearning.Plugin.Functions;

/// <summary>How far a run has come, in a form small enough for a model's context; never any captured text.</summary>
public sealed record RunStatus
{
    /// <summary>Gets the run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>Gets the run's state, such as running, succeeded, failed or cancelled.</summary>
    public required string State { get; init; }

    /// <summary>Gets the stage it is in: select, unlearn, evaluate, gate, approve or promote.</summary>
    public required string Stage { get; init; }

    /// <summary>Gets the optimiser steps done, 0 to <see cref="TotalSteps"/>.</summary>
    public int Step { get; init; }

    /// <summary>Gets the optimiser steps planned.</summary>
    public int TotalSteps { get; init; }

    /// <summary>Gets the latest loss of each objective, nats per answer token.</summary>
    public IReadOnlyDictionary<string, double> Losses { get; init; } = FrozenDictionary<string, double>.Empty;

    /// <summary>Gets the estimated time left, or null when unknown.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Gets the gates' verdict: pass, fail or inconclusive; null before the gates.</summary>
    public string? Verdict { get; init; }

    /// <summary>Gets the release the run made, or null when it has not (yet).</summary>
    public string? ReleaseId { get; init; }

    /// <summary>Gets why the run failed, or null.</summary>
    public string? Error { get; init; }

    /// <summary>Gets when the run started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets when the run ended, or null while it is active.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Gets when data that the run was trained on was erased, after which it cannot be reproduced; null while it can.</summary>
    public DateTimeOffset? DataErasedAt { get; init; }

    /// <summary>Gets why the run was started.</summary>
    public string Reason { get; init; } = "";
}
