using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Progress;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Runs;

/// <summary>A run as the store keeps it.</summary>
public sealed class RunRecord
{
    /// <summary>Identity: UTC start time and a random part, so that ids sort by time.</summary>
    public required string RunId { get; init; }

    /// <summary>Why it was started.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether it is still to do.</summary>
    public RunState State { get; set; }

    /// <summary>The stage it is in, or was in when it stopped.</summary>
    public RunStage Stage { get; set; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>"pass", "fail" or "inconclusive"; null while nothing was judged.</summary>
    public string? Verdict { get; set; }

    /// <summary>The release it made.</summary>
    public string? ReleaseId { get; set; }

    /// <summary>The outcome in one sentence; of a failed run, its <see cref="RunFailure"/>. It quotes nothing that people said.</summary>
    public string? Explanation { get; set; }

    /// <summary>What stopped a failed run, in full and stored encrypted: it may quote what people said, so it is shown to nobody.</summary>
    public string? Error { get; set; }

    /// <summary>The last progress recorded.</summary>
    public RunProgress? Progress { get; set; }

    /// <summary>The gates' verdicts, once judged.</summary>
    public IReadOnlyList<GateLine>? Gates { get; set; }

    /// <summary>The manifest that reproduces the run, as JSON. Hashes, never text.</summary>
    public string? Manifest { get; set; }

    /// <summary>When data that the run was trained on was erased, after which it cannot be reproduced; null while it can.</summary>
    public DateTimeOffset? DataErasedAt { get; set; }

    /// <summary>What started it: "command", "function", "schedule", "count" or "severity".</summary>
    public string Trigger { get; init; } = "command";

    /// <summary>Who started it; this name's approval never counts, neither here nor in a run that repeats this one.</summary>
    public string StartedBy { get; init; } = "local";

    /// <summary>What an operator wants of it, which the run obeys at its next chance.</summary>
    public RunControl Control { get; set; }

    /// <summary>The run that this one repeats from a stage; null for a run of its own.</summary>
    public string? RetryOf { get; init; }

    /// <summary>The stage from which it repeats that run; what came before is taken over.</summary>
    public RunStage RetryFrom { get; init; }

    /// <summary>Whether the run is still to do: queued, running, paused, or waiting for approval.</summary>
    public bool IsActive => State is RunState.Queued or RunState.Running or RunState.Paused or RunState.AwaitingApproval;
}
