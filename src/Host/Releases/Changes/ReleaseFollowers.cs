using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.Changes;

/// <summary>Tells those who follow what serves of every change, one after the other. A follower that fails catches up by itself.</summary>
internal sealed class ReleaseFollowers(IEnumerable<IReleaseFollower> followers, ILogger<ReleaseFollowers> logger)
{
    private readonly IReadOnlyList<IReleaseFollower> _followers = [.. followers];

    /// <summary>Tells them.</summary>
    public async Task FollowAsync(IEnumerable<JournalEntry> changes)
    {
        foreach (JournalEntry change in changes)
        {
            foreach (IReleaseFollower follower in _followers)
            {
                try
                {
                    await follower.FollowAsync(change, CancellationToken.None).ConfigureAwait(false);
                }
#pragma warning disable CA1031 // What serves has changed, which is what matters.
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    PromoterLog.NotFollowed(logger, follower.GetType().Name, change.ReleaseId, failure);
                }
            }
        }
    }
}
