using Microsoft.Extensions.Options;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Releases.Watch;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Releases.Changes;

/// <summary>
/// Decides what serves. A change is verified, loaded, written to the journal and only then put in force, so that a crash at any instant
/// leaves either the old state or the new one, and a restart serves what the journal says. None of it needs the database: what lives there
/// follows (<see cref="IReleaseFollower"/>).
/// </summary>
public sealed class Promoter
{
    private readonly ReleaseStore _releases;
    private readonly LiveReleaseJournal _journal;
    private readonly ServableReleases _servable;
    private readonly WarmReleases _warm;
    private readonly ReleaseChanges _changes;
    private readonly ModelSlot _slot;
    private readonly ServingState _state;
    private readonly IOptions<CanaryOptions> _canary;
    private readonly ILogger<Promoter> _logger;

    internal Promoter(
        ReleaseStore releases,
        LiveReleaseJournal journal,
        ServableReleases servable,
        WarmReleases warm,
        ReleaseChanges changes,
        ModelSlot slot,
        ServingState state,
        IOptions<CanaryOptions> canary,
        ILogger<Promoter> logger)
    {
        (_releases, _journal, _servable, _warm, _changes) = (releases, journal, servable, warm, changes);
        (_slot, _state, _canary, _logger) = (slot, state, canary, logger);
    }

    /// <summary>
    /// Makes a release live; with <see cref="CanaryOptions.Share"/> above 0 it first becomes the canary, in place of one that serves, and is
    /// promoted later. Promoting the live release, or the canary, again changes nothing.
    /// </summary>
    /// <returns>The journal's entry for it: a promotion, or the start of a canary.</returns>
    /// <exception cref="ReleaseException">
    /// The release is not what it was, did not pass, or is of another base model; or the service withdrew it and wants to promote it again.
    /// </exception>
    public Task<JournalEntry> PromoteAsync(Promotion promotion, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            promotion,
            async change =>
            {
                JournalHistory history = _journal.Read();
                if (history.Last is { } live && live.ReleaseId == promotion.ReleaseId)
                {
                    // Journalled as live but not serving: a blocked start whose cause is gone.
                    if (_slot.ReleaseId != promotion.ReleaseId)
                    {
                        _warm.Swap(await _servable.LoadAsync(promotion.ReleaseId, null, cancellationToken).ConfigureAwait(false));
                    }

                    return live;
                }

                double share = _canary.Value.Share;
                if (share > 0 && _state.Status == ServingStatus.Serving)
                {
                    return await StartCanaryAsync(change, history, promotion, share, cancellationToken).ConfigureAwait(false);
                }

                LoadedRelease next = await ReadyAsync(history, promotion, cancellationToken).ConfigureAwait(false);
                return change.Serve(next, JournalAction.Promoted, promotion);
            },
            cancellationToken);

    /// <summary>Has a release serve a share of the conversations. A canary that serves already ends with it.</summary>
    /// <param name="promotion">The release, and who wants it and why.</param>
    /// <param name="share">Which share of the conversations, above 0 and at most 1.</param>
    /// <param name="cancellationToken">Cancels until the journal is written; not after.</param>
    /// <returns>The journal's entry for it.</returns>
    /// <exception cref="InvalidOperationException">The release is the live one, or no release serves beside which it could.</exception>
    /// <exception cref="ReleaseException">As with <see cref="PromoteAsync(Promotion, CancellationToken)"/>.</exception>
    public Task<JournalEntry> StartCanaryAsync(Promotion promotion, double share, CancellationToken cancellationToken = default)
    {
        if (!(share is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A canary's share is above 0 and at most 1, such as 0.05.");
        }

        return ChangeAsync(
            promotion,
            change =>
            {
                JournalHistory history = _journal.Read();
                return history.Current == promotion.ReleaseId
                    ? throw new InvalidOperationException($"Release {promotion.ReleaseId} is live; a canary serves beside the live release.")
                    : _state.Status != ServingStatus.Serving ? throw new InvalidOperationException(_state.Description)
                    : StartCanaryAsync(change, history, promotion, share, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Ends the canary: it becomes the live release, or is withdrawn.</summary>
    /// <param name="promote">Whether it becomes the live release.</param>
    /// <param name="actor">Who decided.</param>
    /// <param name="reason">Why, for the journal.</param>
    /// <param name="releaseId">The canary that was decided about.</param>
    /// <param name="approvals">The approvals that count, checked by the caller; null for those with which it became the canary.</param>
    /// <param name="cancellationToken">Cancels until the journal is written; not after.</param>
    /// <returns>The journal's entry for it.</returns>
    /// <exception cref="InvalidOperationException">No canary serves, or another one.</exception>
    public Task<JournalEntry> EndCanaryAsync(
        bool promote,
        Actor actor,
        string reason,
        string releaseId,
        IReadOnlyList<JournalApproval>? approvals = null,
        CancellationToken cancellationToken = default) =>
        ChangeAsync(
            new Promotion(releaseId, actor, reason),
            async change =>
            {
                if (_journal.Read().OpenCanary is not { } open || open.ReleaseId != releaseId)
                {
                    throw new InvalidOperationException($"Release {releaseId} is no canary any more.");
                }

                if (!promote)
                {
                    return change.EndCanary(open, actor, reason);
                }

                LoadedRelease canary = _warm.Find(open.ReleaseId)
                    ?? await _servable.LoadAsync(open.ReleaseId, open.ContentHash, cancellationToken).ConfigureAwait(false);
                Promotion promotion = new(open.ReleaseId, actor, reason) { RunId = open.RunId, Approvals = approvals ?? open.Approvals };
                return change.Serve(canary, JournalAction.Promoted, promotion);
            },
            cancellationToken);

    /// <summary>
    /// Takes the last step back. While a canary serves, that is the canary; else the live release, for the one before it. Called twice, it
    /// goes back twice. A release that was deleted meanwhile is passed over; the base model is always there.
    /// </summary>
    /// <param name="actor">Who decided.</param>
    /// <param name="reason">Why, for the journal.</param>
    /// <param name="releaseId">The release that was decided about; null for whichever serves.</param>
    /// <param name="cancellationToken">Cancels until the journal is written; not after.</param>
    /// <returns>The journal's entry for it: a rollback, or the end of the canary.</returns>
    /// <exception cref="InvalidOperationException">The base model is live: there is nothing before it. Or another release serves.</exception>
    /// <exception cref="ReleaseException">The release before cannot serve.</exception>
    public Task<JournalEntry> RollbackAsync(
        Actor actor, string reason, string? releaseId = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            new Promotion(releaseId ?? "live", actor, reason),
            async change =>
            {
                JournalHistory history = _journal.Read();
                string last = history.OpenCanary?.ReleaseId ?? history.Current;
                if (releaseId is not null && releaseId != last)
                {
                    throw new InvalidOperationException($"Release {releaseId} is not the last that began to serve; {last} is.");
                }

                if (history.OpenCanary is { } open)
                {
                    return change.EndCanary(open, actor, reason);
                }

                string target = RollbackTarget.Of(history, _releases);
                LoadedRelease next = _warm.Find(target)
                    ?? await _servable.LoadAsync(target, history.HashOf(target), cancellationToken).ConfigureAwait(false);
                return change.Serve(next, JournalAction.RolledBack, new Promotion(target, actor, reason));
            },
            cancellationToken);

    /// <summary>
    /// Serves what the journal says was live, at start, and the canary that was beside it. When the live release cannot serve, nothing does,
    /// and <see cref="ServingState"/> says why and what to do. A canary that cannot is withdrawn.
    /// </summary>
    public Task RestoreAsync(CancellationToken cancellationToken = default) =>
        _changes.MakeAsync(change => RestoreAsync(change, cancellationToken), cancellationToken);

    private Task<JournalEntry> ChangeAsync(
        Promotion wish, Func<JournalledChange, Task<JournalEntry>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(wish.Actor);
        ArgumentException.ThrowIfNullOrWhiteSpace(wish.Reason);
        return _changes.MakeAsync(work, cancellationToken);
    }

    private async Task<LoadedRelease> ReadyAsync(JournalHistory history, Promotion promotion, CancellationToken cancellationToken)
    {
        if (promotion.Actor.Name == Actor.Service.Name && history.WithdrawnByService(promotion.ReleaseId) is { } withdrawn)
        {
            throw new ReleaseException(
                $"release {promotion.ReleaseId}",
                $"the service withdrew it on {withdrawn.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({withdrawn.Reason}) and does not promote it again by itself",
                "Have a person promote it, or start a new run");
        }

        await _servable.CheckAsync(promotion.ReleaseId, null, cancellationToken).ConfigureAwait(false);
        return _warm.Find(promotion.ReleaseId)
            ?? await _servable.LoadAsync(promotion.ReleaseId, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<JournalEntry> StartCanaryAsync(
        JournalledChange change, JournalHistory history, Promotion promotion, double share, CancellationToken cancellationToken)
    {
        if (history.OpenCanary is { } open && open.ReleaseId == promotion.ReleaseId)
        {
            return open;
        }

        LoadedRelease canary = await ReadyAsync(history, promotion, cancellationToken).ConfigureAwait(false);
        if (history.OpenCanary is { } other)
        {
            change.EndCanary(other, promotion.Actor, $"Release {promotion.ReleaseId} takes its place.");
        }

        return change.Serve(canary, JournalAction.CanaryStarted, promotion, share);
    }

    // Whether the live release serves.
    private async Task<bool> RestoreAsync(JournalledChange change, CancellationToken cancellationToken)
    {
        try
        {
            _releases.SweepStaging();
            JournalHistory history = _journal.Read();
            if (history.DamagedLines > 0)
            {
                PromoterLog.DamagedJournal(_logger, _journal.Path, history.DamagedLines);
            }

            _warm.Swap(await _servable.LoadAsync(history.Current, history.Last?.ContentHash, cancellationToken).ConfigureAwait(false));
            PromoterLog.Restored(_logger, history.Current);
            if (history.OpenCanary is { } open)
            {
                await RestoreCanaryAsync(change, open, cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever keeps the model from loading, the service must stay up to say so.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            PromoterLog.Blocked(_logger, failure);
            _state.SetBlocked(failure.Message);
            return false;
        }
    }

    private async Task RestoreCanaryAsync(JournalledChange change, JournalEntry open, CancellationToken cancellationToken)
    {
        try
        {
            LoadedRelease canary = await _servable.LoadAsync(open.ReleaseId, open.ContentHash, cancellationToken).ConfigureAwait(false);
            _warm.StartCanary(canary, open.Share!.Value);
            PromoterLog.CanaryRestored(_logger, open.ReleaseId);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The live release serves; a canary is not worth an outage.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            PromoterLog.CanaryNotRestored(_logger, open.ReleaseId, failure);
            change.EndCanary(open, Actor.Service, $"It could not be loaded after a restart: {failure.GetType().Name}.");
        }
    }
}
