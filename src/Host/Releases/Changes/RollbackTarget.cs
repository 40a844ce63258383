using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.Changes;

/// <summary>Where a rollback leads.</summary>
internal static class RollbackTarget
{
    /// <summary>The release before the live one that is still there.</summary>
    /// <exception cref="InvalidOperationException">The base model is live.</exception>
    public static string Of(JournalHistory history, ReleaseStore releases)
    {
        IReadOnlyList<string> path = history.RollbackPath();
        if (path.Count < 2)
        {
            throw new InvalidOperationException("The base model is live; there is no release to go back to.");
        }

        return path.SkipLast(1).Last(id => id == Release.BaseId || releases.Contains(id));
    }
}
