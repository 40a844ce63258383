using System.Collections.Frozen;

namespace Unlearning.Plugin.Functions;

/// <summary>How far a run has come, in a form small enough for a model's context; never any captured text.</summary>
public sealed record RunStatus
{
    /// <summary>Gets the run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>Gets the run's state: queued, running, paused, awaiting_approval, completed, failed or cancelled.</summary>
    public required string State { get; init; }

    /// <summary>Gets the stage it is in: queued, select, unlearn, evaluate, gate, approve, promote or finished.</summary>
    public required string Stage { get; init; }

    /// <summary>Gets the optimiser steps done, 0 to <see cref="TotalSteps"/>.</summary>
    public int Step { get; init; }

    /// <summary>Gets the optimiser steps planned.</summary>
    public int TotalSteps { get; init; }

    /// <summary>Gets the latest loss of each objective, nats per answer token, without those that are no finite number.</summary>
    public IReadOnlyDictionary<string, double> Losses { get; init; } = FrozenDictionary<string, double>.Empty;

    /// <summary>Gets the latest angle between each pair of objectives' gradients, in degrees; over 90 they conflict. A gradient that vanished has none.</summary>
    public IReadOnlyDictionary<string, double> Angles { get; init; } = FrozenDictionary<string, double>.Empty;

    /// <summary>Gets the estimated time left in the run; of its stage alone before a first run was complete; null when unknown.</summary>
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

    /// <summary>Gets what started the run: command, function, schedule, count or severity.</summary>
    public string Trigger { get; init; } = "";

    /// <summary>Gets who started the run.</summary>
    public string StartedBy { get; init; } = "";

    /// <summary>Gets what an operator wants of it that has not come yet: pause or cancel; null for nothing.</summary>
    public string? Control { get; init; }

    /// <summary>Gets the run that this one repeats from a stage, or null.</summary>
    public string? RetryOf { get; init; }

    /// <summary>Gets what came of it in one sentence, or what it waits for; null while there is nothing to say.</summary>
    public string? Explanation { get; init; }

    /// <summary>Gets what an operator can do about it now, or null for nothing but wait.</summary>
    public string? NextStep { get; init; }
}
