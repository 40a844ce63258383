using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Releases.Serving;

/// <summary>
/// The releases in memory: the live one, the canary, and the one before the live one, so that a rollback loads nothing. Only the promoter
/// changes them, one change at a time.
/// </summary>
internal sealed partial class WarmReleases(ModelSlot slot, ServingState state, ILogger<WarmReleases> logger) : IDisposable
{
    private LoadedRelease? _live;
    private LoadedRelease? _previous;
    private LoadedRelease? _canary;

    /// <summary>The release, if it is in memory.</summary>
    public LoadedRelease? Find(string releaseId) => All().FirstOrDefault(release => release.Id == releaseId);

    /// <summary>Makes a release live and keeps the one before it. A canary ends with it.</summary>
    public void Swap(LoadedRelease next)
    {
        Task drained = slot.Swap(next.Lease(), next.Id);
        _live?.Withdrawn(drained);
        _canary?.Withdrawn(drained);
        LoadedRelease[] before = All();
        (_live, _previous, _canary) = (next, _live, null);
        state.SetServing(next.Id);
        Retire(before);
    }

    /// <summary>Keeps a release that a rollback leads to, in place of the one that was live before.</summary>
    public void Keep(LoadedRelease before)
    {
        LoadedRelease[] all = All();
        _previous = before;
        Retire(all);
    }

    /// <summary>Has a release serve a share of the conversations.</summary>
    public void StartCanary(LoadedRelease canary, double share)
    {
        slot.StartCanary(canary.Lease(), canary.Id, share);
        _canary = canary;
    }

    /// <summary>Has the live release serve everybody again.</summary>
    public void EndCanary()
    {
        Task drained = slot.EndCanary();
        _canary?.Withdrawn(drained);
        LoadedRelease[] before = All();
        _canary = null;
        Retire(before);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LoadedRelease release in All())
        {
            release.Dispose();
        }
    }

    private LoadedRelease[] All() => [.. new[] { _live, _canary, _previous }.OfType<LoadedRelease>().Distinct()];

    private void Retire(LoadedRelease[] before)
    {
        foreach (LoadedRelease release in before.Except(All()))
        {
            _ = RetireAsync(release);
        }
    }

    private async Task RetireAsync(LoadedRelease release)
    {
        try
        {
            await release.RetireAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nothing waits for this; a model that cannot be freed is worth a line, not a crash.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogRetireFailed(release.Id, failure);
        }
    }

    [LoggerMessage(
        EventId = 3004,
        EventName = "RetireFailed",
        Level = LogLevel.Warning,
        Message = "Release {ReleaseId} could not be freed.")]
    private partial void LogRetireFailed(string releaseId, Exception failure);
}
