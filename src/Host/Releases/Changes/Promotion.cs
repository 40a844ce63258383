using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.Changes;

/// <summary>The wish to make a release live.</summary>
/// <param name="ReleaseId">A saved release whose gates passed.</param>
/// <param name="Actor">Who wishes it.</param>
/// <param name="Reason">Why, for the journal.</param>
public sealed record Promotion(string ReleaseId, Actor Actor, string Reason)
{
    /// <summary>The run that made it.</summary>
    public string? RunId { get; init; }

    /// <summary>The approvals that count, checked by the caller; null where none is asked for.</summary>
    public IReadOnlyList<JournalApproval>? Approvals { get; init; }
}
