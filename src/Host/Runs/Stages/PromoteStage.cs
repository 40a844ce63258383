using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;

namespace Unlearning.Host.Runs.Stages;

/// <summary>
/// Makes the candidate live and the incidents remediated. The journal decides what was done already: a release that an earlier process
/// promoted is not promoted again, least of all when somebody has rolled it back since.
/// </summary>
internal sealed class PromoteStage(Promoter promoter, LiveReleaseJournal journal, ReleaseStore releases, IncidentStore incidents, RunControls controls)
{
    /// <summary>Promotes.</summary>
    /// <returns>What became of it, in a sentence.</returns>
    /// <exception cref="RunOverException">The run was cancelled or superseded before the release was live.</exception>
    /// <exception cref="ReleaseException">The release is not what it was, or does not fit the base.</exception>
    public async Task<string> RunAsync(RunRecord run, RunSets sets, Candidate candidate, Action begin, CancellationToken cancellationToken)
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
            await promoter.PromoteAsync(candidate.ReleaseId, run.Reason, run.RunId, cancellationToken).ConfigureAwait(false);
        }

        // From here on the release is live: nothing may keep its incidents from being told.
        string live = journal.Read().Current;
        if (!releases.Lineage(live).Contains(candidate.ReleaseId))
            return $"Release {candidate.ReleaseId} was live and has been withdrawn for {live}.";
        await incidents.MarkRemediatedAsync([.. sets.Incidents], candidate.ReleaseId, CancellationToken.None).ConfigureAwait(false);
        return $"All {candidate.Gates.Count} gates passed; release {candidate.ReleaseId} is live.";
    }

    /// <summary>Whether a run has made its release live, now or before a rollback.</summary>
    public static bool WasPromoted(JournalHistory history, string runId) =>
        history.Entries.Any(entry => entry.RunId == runId && entry.Action == JournalAction.Promoted);
}
