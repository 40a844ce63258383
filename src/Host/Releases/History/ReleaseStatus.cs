using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.History;

/// <summary>One release as people see it.</summary>
public sealed record ReleaseStatus
{
    /// <summary>The release.</summary>
    public required string ReleaseId { get; init; }

    /// <summary>Where it stands.</summary>
    public required ReleaseState State { get; init; }

    /// <summary>The run that made it.</summary>
    public required string RunId { get; init; }

    /// <summary>The release the run started from; <see cref="Release.BaseId"/> for the unmodified model.</summary>
    public required string Parent { get; init; }

    /// <summary>The base model it serves on.</summary>
    public required string BaseModel { get; init; }

    /// <summary>SHA-256 of that base model's weights, in hex.</summary>
    public required string BaseModelHash { get; init; }

    /// <summary>The verdict over all gates: "pass", "fail" or "inconclusive".</summary>
    public required string Verdict { get; init; }

    /// <summary>When it was saved, by its files; a restored backup is as old as its restoration.</summary>
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>Bytes it holds.</summary>
    public required long Bytes { get; init; }

    /// <summary>When it last became live; null when it never was.</summary>
    public DateTimeOffset? PromotedAt { get; init; }

    /// <summary>Who promoted it then; null when it never was, or from before this was kept.</summary>
    public string? PromotedBy { get; init; }

    /// <summary>The approvals that counted then.</summary>
    public IReadOnlyList<JournalApproval> Approvals { get; init; } = [];

    /// <summary>The share of the conversations it serves as canary, from 0 to 1; null while it is none.</summary>
    public double? CanaryShare { get; init; }

    /// <summary>What the journal says of it, oldest first.</summary>
    public IReadOnlyList<JournalEntry> History { get; init; } = [];
}
