using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;

namespace Unlearning.Host.Releases.Changes;

/// <summary>Has the release in memory that a rollback would lead to, also where no promotion left it there: after a restart or a rollback.</summary>
internal sealed class WayBack(
    ReleaseStore releases,
    LiveReleaseJournal journal,
    ServableReleases servable,
    WarmReleases warm,
    ReleaseChanges changes,
    ServingState serving,
    ILogger<WayBack> logger)
{
    /// <summary>
    /// Loads it, unless it is in memory or nothing serves; no change waits for that meanwhile. One that cannot be loaded is logged: the
    /// rollback itself would then say so.
    /// </summary>
    public async Task WarmAsync(CancellationToken cancellationToken = default)
    {
        if (serving.Status != ServingStatus.Serving || Wanted() is not { } target)
        {
            return;
        }

        LoadedRelease? loaded = null;
        try
        {
            loaded = await servable.LoadAsync(target, journal.Read().HashOf(target), cancellationToken).ConfigureAwait(false);
            loaded = await changes.WhileNothingChangesAsync(() => KeepWhereWanted(loaded), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // What serves goes on serving.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            PromoterLog.NotWarm(logger, target, failure);
        }
        finally
        {
            loaded?.Dispose();
        }
    }

    // What serves may have changed while it was loaded: then it is given back.
    private LoadedRelease? KeepWhereWanted(LoadedRelease loaded)
    {
        if (Wanted() != loaded.Id)
        {
            return loaded;
        }

        warm.Keep(loaded);
        return null;
    }

    private string? Wanted()
    {
        JournalHistory history = journal.Read();
        return history.RollbackPath().Count > 1 && RollbackTarget.Of(history, releases) is var target && warm.Find(target) is null ? target : null;
    }
}
