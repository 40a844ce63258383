namespace Unlearning.Host.Approvals;

/// <summary>What one person decided about a release.</summary>
public sealed class Approval
{
    /// <summary>Identity, ordered by time (UUID version 7).</summary>
    public Guid Id { get; init; }

    /// <summary>The release.</summary>
    public required string ReleaseId { get; init; }

    /// <summary>SHA-256 of release content, gate decision and policies at the time, in hex; the approval holds for nothing else.</summary>
    public required string Proposal { get; init; }

    /// <summary>Whether it was approved; otherwise it was rejected.</summary>
    public required bool Approved { get; init; }

    /// <summary>Who decided.</summary>
    public required string By { get; init; }

    /// <summary>The role in which they did.</summary>
    public required string Role { get; init; }

    /// <summary>Why, in their words.</summary>
    public required string Reason { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Until when it counts.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
