using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.Changes;

/// <summary>
/// The rollback while no service runs: it loads nothing and needs no database. The next start serves what it wrote. The caller holds the
/// data folder's lock.
/// </summary>
public sealed class OfflineRollback(ReleaseStore releases, LiveReleaseJournal journal, AuditLog audit, TimeProvider time)
{
    /// <summary>Takes the last step back, as <see cref="Promoter.RollbackAsync"/> does.</summary>
    /// <exception cref="InvalidOperationException">The base model is live.</exception>
    /// <exception cref="ReleaseException">The release before was changed.</exception>
    public JournalEntry RollBack(Actor actor, string reason)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        JournalEntry entry = journal.Append(history =>
        {
            JournalEntry? open = history.OpenCanary;
            string target = open?.ReleaseId ?? RollbackTarget.Of(history, releases);
            string? hash = open?.ContentHash
                ?? (target == Release.BaseId ? null : releases.Verify(target, history.HashOf(target)).ContentHash);
            JournalAction action = open is null ? JournalAction.RolledBack : JournalAction.CanaryEnded;
            return JournalEntry.After(history, time, action, target, hash, new Promotion(target, actor, reason));
        });
        audit.Append(ReleaseAudit.EventOf(entry));
        return entry;
    }
}
