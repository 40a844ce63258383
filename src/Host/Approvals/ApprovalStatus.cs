using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Approvals;

/// <summary>What people said about a release.</summary>
public sealed record ApprovalStatus
{
    /// <summary>The release.</summary>
    public required string ReleaseId { get; init; }

    /// <summary>What they approve: the hash of release, gate decision and policies as they are now.</summary>
    public required string Proposal { get; init; }

    /// <summary>Where it stands.</summary>
    public required ApprovalState State { get; init; }

    /// <summary>Who has to approve.</summary>
    public required ApprovalRequirement Required { get; init; }

    /// <summary>Who approved what is there now, and whose approval still counts.</summary>
    public IReadOnlyList<string> ApprovedBy { get; init; } = [];

    /// <summary>Those approvals, the last of each person, as the journal keeps them.</summary>
    public IReadOnlyList<JournalApproval> Counted { get; init; } = [];

    /// <summary>Who rejected it, whatever was changed since; null when nobody did.</summary>
    public string? RejectedBy { get; init; }

    /// <summary>When it is given up; null while the run does not wait yet.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Approvals that were given for something else than is there now, or that are too old.</summary>
    public int Void { get; init; }

    /// <summary>Whose approvals of what is there now are too old by now.</summary>
    public IReadOnlyList<string> Lapsed { get; init; } = [];

    /// <summary>When so many of the approvals that count are too old that the rest is not enough; null where nobody has to approve, or
    /// where they are not enough now.</summary>
    public DateTimeOffset? HoldsUntil { get; init; }

    /// <summary>The status in one sentence.</summary>
    public string Description => State switch
    {
        ApprovalState.Approved => $"Approved by {string.Join(" and ", ApprovedBy)}.",
        ApprovalState.Rejected => $"Rejected by {RejectedBy}.",
        ApprovalState.Expired => Lapsed.Count + ApprovedBy.Count >= Required.Count ? $"Approved by {string.Join(" and ", Lapsed.Concat(ApprovedBy))}, but too long ago: an approval counts for {Required.Expires.TotalHours:0.#} hours."
            : ApprovedBy.Count > 0 ? $"Only {string.Join(" and ", ApprovedBy)} approved it in time."
            : "Nobody approved it in time.",
        _ => $"Release {ReleaseId} passed its gates and waits for {Required.Count - ApprovedBy.Count} more "
            + $"approval{(Required.Count - ApprovedBy.Count == 1 ? "" : "s")} by {RoleWord.List(Required.Roles)}"
            + $", not by who started the run{(Until is { } until ? $", until {until:u}" : "")}.",
    };
}
