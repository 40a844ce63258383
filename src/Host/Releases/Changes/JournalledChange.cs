using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Releases.Signals;
using Unlearning.Host.Telemetry;

namespace Unlearning.Host.Releases.Changes;

/// <summary>
/// One change of what serves, under the promoter's gate: each step is written to the journal and then put in force, in this order.
/// </summary>
internal sealed class JournalledChange(
    LiveReleaseJournal journal, WarmReleases warm, ReleaseSignals signals, TimeProvider time, ServiceMetrics metrics, ILogger logger)
{
    private readonly List<JournalEntry> _entries = [];

    /// <summary>What was written, in its order.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>Makes a release live or, with a share, the canary.</summary>
    public JournalEntry Serve(LoadedRelease next, JournalAction action, Promotion promotion, double? share = null)
    {
        JournalEntry entry;
        try
        {
            entry = journal.Append(history => JournalEntry.After(history, time, action, next.Id, next.ContentHash, promotion) with { Share = share });
        }
        catch when (warm.Find(next.Id) != next)
        {
            next.Dispose();
            throw;
        }

        // Compared from here on. A canary and the live release beside it get the same time.
        signals.Tally(next.Id).Clear();
        if (share is { } part)
        {
            signals.Tally(entry.PreviousReleaseId).Clear();
            warm.StartCanary(next, part);
        }
        else
        {
            warm.Swap(next);
        }

        return Done(entry);
    }

    /// <summary>Withdraws the canary.</summary>
    public JournalEntry EndCanary(JournalEntry open, Actor actor, string reason)
    {
        Promotion end = new(open.ReleaseId, actor, reason) { RunId = open.RunId };
        JournalEntry entry = journal.Append(
            history => JournalEntry.After(history, time, JournalAction.CanaryEnded, open.ReleaseId, open.ContentHash, end));
        warm.EndCanary();
        return Done(entry);
    }

    private JournalEntry Done(JournalEntry entry)
    {
        _entries.Add(entry);
        metrics.Swapped(entry.Action);
        PromoterLog.Changed(logger, entry.ReleaseId, entry.PreviousReleaseId, entry.Action, entry.RunId);
        return entry;
    }
}
