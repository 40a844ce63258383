using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the live release is what it was when it was made; in full, every release.</summary>
internal sealed class ReleasesCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "releases";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        if (!installation.HasData)
            return Task.FromResult(Finding.Ok("There are none yet; the base model serves."));
        JournalHistory journal = new LiveReleaseJournal(installation.Data).Read();
        ReleaseStore store = new(installation.Data);
        try
        {
            if (journal.Current != Release.BaseId)
                store.Verify(journal.Current, journal.Last!.ContentHash);
            foreach (string release in installation.Full ? store.List() : [])
                store.Verify(release);
        }
        catch (ReleaseException failure)
        {
            return Task.FromResult(Finding.Problem(failure.Message, "Put the release's folder back from a backup, or roll back to another release."));
        }

        return Task.FromResult(journal.DamagedLines > 0
            ? Finding.Warning(
                $"live-release.jsonl has {Amount.Of(journal.DamagedLines, "line")} that is no entry; the last valid one counts: '{journal.Current}' is live.",
                "A write cut short leaves one. If it is another, compare the file with a backup.")
            : Finding.Ok($"'{journal.Current}' is live and unchanged; {Amount.Of(store.List().Count, "release")} kept."));
    }
}
