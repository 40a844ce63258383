using Unlearning.Host.Releases.Changes;

namespace Unlearning.Host.Releases.Journal;

/// <summary>One change of what serves.</summary>
public sealed record JournalEntry
{
    /// <summary>Position in the journal, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public required JournalAction Action { get; init; }

    /// <summary>The release that is live from here on; of a canary's start and end, the canary.</summary>
    public required string ReleaseId { get; init; }

    /// <summary>That release's whole content hash; null for the base model.</summary>
    public string? ContentHash { get; init; }

    /// <summary>The release that was live before; of a canary's start and end, the one that is live beside it.</summary>
    public required string PreviousReleaseId { get; init; }

    /// <summary>Why, as the operator, the run or the rule put it.</summary>
    public required string Reason { get; init; }

    /// <summary>The run that made the release; null for a rollback.</summary>
    public string? RunId { get; init; }

    /// <summary>Who did it; null in entries from before this was kept.</summary>
    public string? Actor { get; init; }

    /// <summary>The approvals that counted; null where none was asked for.</summary>
    public IReadOnlyList<JournalApproval>? Approvals { get; init; }

    /// <summary>The share of the conversations that a canary serves, from 0 to 1; null otherwise.</summary>
    public double? Share { get; init; }

    /// <summary>The entry that comes after all others.</summary>
    internal static JournalEntry After(
        JournalHistory history, TimeProvider time, JournalAction action, string releaseId, string? contentHash, Promotion promotion) => new()
        {
            Sequence = history.NextSequence,
            At = time.GetUtcNow(),
            Action = action,
            ReleaseId = releaseId,
            ContentHash = contentHash,
            PreviousReleaseId = history.Current,
            Reason = promotion.Reason,
            RunId = promotion.RunId,
            Actor = promotion.Actor.Name,
            Approvals = promotion.Approvals,
        };
}
