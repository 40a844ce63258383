using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Signals;

namespace Unlearning.Host.Releases.Serving;

/// <summary>Lets nothing into memory that may not serve: changed files, gates that did not pass, or another base model.</summary>
internal sealed class ServableReleases(
    ReleaseStore releases,
    LiveReleaseJournal journal,
    IReleaseLoader loader,
    IBaseModel baseModel,
    ReleaseSignals signals,
    TimeProvider time)
{
    /// <summary>Checks a release.</summary>
    /// <returns>The release; null for the base model.</returns>
    /// <exception cref="ReleaseException">It may not serve.</exception>
    public async Task<Release?> CheckAsync(string releaseId, string? expectedHash, CancellationToken cancellationToken)
    {
        if (releaseId == Release.BaseId)
        {
            return null;
        }

        Release release = releases.Verify(releaseId, expectedHash);
        if (release.Manifest.Verdict != "pass")
        {
            throw new ReleaseException(
                $"release {releaseId}", $"its gates say '{release.Manifest.Verdict}'", "Only a release that passed may serve");
        }

        string hash = await baseModel.GetHashAsync(cancellationToken).ConfigureAwait(false);
        if (hash != release.Manifest.BaseModelHash)
        {
            throw new ReleaseException(
                $"release {releaseId}",
                $"it was trained on base model {release.Manifest.BaseModel} with SHA-256 {release.Manifest.BaseModelHash}, but the "
                + $"configured one ({baseModel.Name}) has {hash}",
                $"Put that base model back, or move '{journal.Path}' away to start again from the configured model alone, with nothing "
                + "forgotten");
        }

        return release;
    }

    /// <summary>Checks and loads a release; the caller disposes it.</summary>
    /// <exception cref="ReleaseException">It may not serve.</exception>
    public async Task<LoadedRelease> LoadAsync(string releaseId, string? expectedHash, CancellationToken cancellationToken)
    {
        Release? release = await CheckAsync(releaseId, expectedHash, cancellationToken).ConfigureAwait(false);
        return new LoadedRelease(
            releaseId,
            release?.ContentHash,
            new ObservedChatClient(
                await loader.LoadAsync(releaseId, release?.Folder, cancellationToken).ConfigureAwait(false), signals.Tally(releaseId), time));
    }
}
