using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Runs.Stages;

/// <summary>
/// Makes the candidate live, or a canary where one is configured, and the incidents remediated once it is live. The journal decides what was done already: a release that an earlier process
/// promoted is not promoted again, least of all when somebody has rolled it back since.
/// </summary>
internal sealed class PromoteStage(Promoter promoter, LiveReleaseJournal journal, ReleaseStore releases, IncidentStore incidents, RunControls controls)
{
    /// <summary>Promotes.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sets">What it was trained on.</param>
    /// <param name="candidate">What it made.</param>
    /// <param name="approvals">The approvals that count; null where none is asked for.</param>
    /// <param name="begin">Called when the promotion begins.</param>
    /// <param name="cancellationToken">Cancels until the release serves.</param>
    /// <returns>What became of it, in a sentence.</returns>
    /// <exception cref="RunOverException">The run was cancelled or superseded before the release was live.</exception>
    /// <exception cref="ReleaseException">The release is not what it was, or does not fit the base.</exception>
    public async Task<string> RunAsync(
        RunRecord run,
        RunSets sets,
        Candidate candidate,
        IReadOnlyList<JournalApproval>? approvals,
        Action begin,
        CancellationToken cancellationToken)
    {
        JournalHistory history = journal.Read();
        if (!WasPromoted(history, run.RunId))
        {
            if (history.Current != sets.Parent && history.Current != candidate.ReleaseId)
            {
                return $"Not promoted: release {history.Current} is live now, and this one was trained from {sets.Parent}. Start another run.";
            }

            if (!await controls.TryPromoteAsync(run.RunId, cancellationToken).ConfigureAwait(false))
                throw new RunOverException(run.RunId);
            begin();
            Promotion promotion = new(candidate.ReleaseId, Actor.Service, run.Reason) { RunId = run.RunId, Approvals = approvals };
            await promoter.PromoteAsync(promotion, cancellationToken).ConfigureAwait(false);
        }

        // From here on the release is live: nothing may keep its incidents from being told.
        JournalHistory after = journal.Read();
        if (after.OpenCanary is { } canary && canary.ReleaseId == candidate.ReleaseId)
        {
            return FormattableString.Invariant(
                $"All {candidate.Gates.Count} gates passed; release {candidate.ReleaseId} is the canary, for {canary.Share:P1} of the conversations. It goes live when it proves itself.");
        }

        string live = after.Current;
        if (!releases.Lineage(live).Contains(candidate.ReleaseId))
            return $"Release {candidate.ReleaseId} served and has been withdrawn for {live}.";

        // The reconciler has done it, unless the database failed just then. What recurred meanwhile stays open.
        await incidents.MarkRunRemediatedAsync(run.RunId, candidate.ReleaseId, CancellationToken.None).ConfigureAwait(false);
        return $"All {candidate.Gates.Count} gates passed; release {candidate.ReleaseId} is live.";
    }

    /// <summary>Whether a run has made its release live, or a canary, now or before a rollback.</summary>
    public static bool WasPromoted(JournalHistory history, string runId) =>
        history.Entries.Any(entry => entry.RunId == runId && entry.Action is JournalAction.Promoted or JournalAction.CanaryStarted);
}
