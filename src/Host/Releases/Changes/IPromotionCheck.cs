using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.Changes;

/// <summary>Says whether a release may be put in front of users now. Needs the database; a rollback never asks it.</summary>
public interface IPromotionCheck
{
    /// <summary>The approvals that count for a release now; none where none is asked for.</summary>
    /// <exception cref="InvalidOperationException">It may not serve: the message says why and what to do.</exception>
    /// <exception cref="ReleaseException">The release is missing, or is not what it was.</exception>
    /// <exception cref="ArgumentException">No run made such a release.</exception>
    Task<IReadOnlyList<JournalApproval>> RequireAsync(string releaseId, CancellationToken cancellationToken = default);
}
