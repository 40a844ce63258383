using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.Changes;

/// <summary>
/// Brings something else in line with what serves, after every change, whoever made it. The change is made and stays made: a follower that
/// fails is logged, and has its own way to catch up.
/// </summary>
public interface IReleaseFollower
{
    /// <summary>Follows a change that is journalled and in force.</summary>
    /// <param name="change">The journal's entry.</param>
    /// <param name="cancellationToken">Cancels the following, never the change.</param>
    Task FollowAsync(JournalEntry change, CancellationToken cancellationToken);
}
