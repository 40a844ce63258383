namespace Unlearning.Host.Releases;

/// <summary>One change of the live release.</summary>
public sealed record JournalEntry
{
    /// <summary>Position in the journal, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public required JournalAction Action { get; init; }

    /// <summary>The release that is live from here on.</summary>
    public required string ReleaseId { get; init; }

    /// <summary>That release's whole content hash; null for the base model.</summary>
    public string? ContentHash { get; init; }

    /// <summary>The release that was live before.</summary>
    public required string PreviousReleaseId { get; init; }

    /// <summary>Why, as the operator or the run put it.</summary>
    public required string Reason { get; init; }

    /// <summary>The run that promoted it; null for a rollback.</summary>
    public string? RunId { get; init; }
}
