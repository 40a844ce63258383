using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Approvals;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Releases.History;

/// <summary>
/// Every release with where it stands. With the database down it answers, too, but for approvals and rejections: an approved release then
/// is a candidate.
/// </summary>
public sealed partial class ReleaseHistory(
    ReleaseStore releases,
    LiveReleaseJournal journal,
    IDbContextFactory<UnlearningDbContext> contexts,
    TimeProvider time,
    ILogger<ReleaseHistory> logger)
{
    /// <summary>All releases, the latest saved first. Nothing is verified; see <see cref="ReleaseStore.VerifyAll"/>.</summary>
    public async Task<IReadOnlyList<ReleaseStatus>> ListAsync(CancellationToken cancellationToken = default)
    {
        JournalHistory history = journal.Read();
        ILookup<string, Approval> approvals = await ApprovalsAsync(null, cancellationToken).ConfigureAwait(false);
        return
        [
            .. releases.List().Select(id => Status(id, history, approvals[id])).OfType<ReleaseStatus>()
                .OrderByDescending(release => release.SavedAt).ThenBy(release => release.ReleaseId, StringComparer.Ordinal),
        ];
    }

    /// <summary>One release; null when there is none of that id.</summary>
    public async Task<ReleaseStatus?> FindAsync(string releaseId, CancellationToken cancellationToken = default) =>
        releases.Contains(releaseId)
            ? Status(releaseId, journal.Read(), (await ApprovalsAsync(releaseId, cancellationToken).ConfigureAwait(false))[releaseId])
            : null;

    /// <summary>Where a release stands.</summary>
    internal static ReleaseState StateOf(
        string releaseId, string verdict, JournalHistory history, IEnumerable<Approval> approvals, DateTimeOffset now)
    {
        if (history.Current == releaseId)
        {
            return ReleaseState.Live;
        }

        if (history.OpenCanary?.ReleaseId == releaseId)
        {
            return ReleaseState.Canary;
        }

        if (history.Entries.LastOrDefault(entry => entry.ReleaseId == releaseId || JournalHistory.WithdrawnBy(entry) == releaseId) is { } last)
        {
            return JournalHistory.WithdrawnBy(last) == releaseId || !history.RollbackPath().Contains(releaseId)
                ? ReleaseState.RolledBack
                : ReleaseState.Superseded;
        }

        // One person's last word counts, and a rejection weighs more than an approval.
        Approval[] words = [.. approvals.GroupBy(one => one.By, StringComparer.Ordinal).Select(own => own.MaxBy(one => one.At)!)];
        return verdict != "pass" || words.Any(one => !one.Approved) ? ReleaseState.Rejected
            : words.Any(one => one.ExpiresAt > now) ? ReleaseState.Approved
            : ReleaseState.Candidate;
    }

    private ReleaseStatus? Status(string id, JournalHistory history, IEnumerable<Approval> approvals)
    {
        // What is among the releases but is none is for VerifyAll to name; and one may be deleted while it is looked at.
        if (!releases.Contains(id) || releases.FindManifest(id) is not { } manifest || releases.Facts(id) is not { } facts)
        {
            return null;
        }

        JournalEntry? promoted = history.Entries.LastOrDefault(entry => entry.ReleaseId == id && entry.Action == JournalAction.Promoted);
        return new ReleaseStatus
        {
            ReleaseId = id,
            State = StateOf(id, manifest.Verdict, history, approvals, time.GetUtcNow()),
            RunId = manifest.RunId,
            Parent = manifest.Parent,
            BaseModel = manifest.BaseModel,
            BaseModelHash = manifest.BaseModelHash,
            Verdict = manifest.Verdict,
            SavedAt = facts.SavedAt,
            Bytes = facts.Bytes,
            PromotedAt = promoted?.At,
            PromotedBy = promoted?.Actor,
            Approvals = promoted?.Approvals ?? [],
            CanaryShare = history.OpenCanary is { } open && open.ReleaseId == id ? open.Share : null,
            History = [.. history.Entries.Where(entry => entry.ReleaseId == id || JournalHistory.WithdrawnBy(entry) == id)],
        };
    }

    private async Task<ILookup<string, Approval>> ApprovalsAsync(string? releaseId, CancellationToken cancellationToken)
    {
        try
        {
            await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            List<Approval> rows = await db.Set<Approval>().AsNoTracking()
                .Where(approval => releaseId == null || approval.ReleaseId == releaseId).ToListAsync(cancellationToken).ConfigureAwait(false);
            return rows.ToLookup(approval => approval.ReleaseId);
        }
        catch (System.Data.Common.DbException failure)
        {
            LogWithoutApprovals(failure);
            return Array.Empty<Approval>().ToLookup(approval => approval.ReleaseId);
        }
    }

    [LoggerMessage(
        EventId = 3010,
        EventName = "ReleasesWithoutApprovals",
        Level = LogLevel.Warning,
        Message = "Releases are listed without their approvals: the database does not answer.")]
    private partial void LogWithoutApprovals(Exception failure);
}
