using System.Data.Common;
using Microsoft.Extensions.Options;
using Unlearning.Host.Gates;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Releases.Signals;

namespace Unlearning.Host.Releases.Watch;

/// <summary>
/// Watches what has begun to serve: promotes a canary that proved itself, withdraws one that did not, and rolls back a live release that
/// does worse than the one before it. It withdraws the newest release only, one step, and only what a promotion made live: never a release
/// that a rollback brought back, and so never below the base model.
/// </summary>
public sealed partial class ReleaseWatch(
    Promoter promoter,
    LiveReleaseJournal journal,
    ReleaseSignals signals,
    ReleaseRecurrences recurrences,
    ServingState serving,
    IPromotionCheck check,
    IOptions<CanaryOptions> canary,
    IOptions<AutomaticRollbackOptions> rollback,
    TimeProvider time,
    ILogger<ReleaseWatch> logger) : BackgroundService
{
    // A canary that stays is looked at every half a minute; what speaks against it is told when it changes.
    private string? _told;

    /// <summary>Looks once, and acts on what it finds.</summary>
    /// <returns>The change it made; null for none.</returns>
    public async Task<JournalEntry?> CheckAsync(CancellationToken cancellationToken = default)
    {
        JournalHistory history = journal.Read();
        if (history.OpenCanary is { } open)
        {
            return await CheckCanaryAsync(open, cancellationToken).ConfigureAwait(false);
        }

        AutomaticRollbackOptions limits = rollback.Value;
        if (!limits.Enabled || history.Last is not { Action: JournalAction.Promoted } live || time.GetUtcNow() - live.At >= limits.Watch)
        {
            return null;
        }

        SignalDecision decision = await JudgeAsync(live, cancellationToken).ConfigureAwait(false);
        return decision.Verdict == Verdict.Fail
            ? await promoter.RollbackAsync(Actor.Service, decision.Sentence, live.ReleaseId, cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await serving.WaitUntilSettledAsync(stoppingToken).ConfigureAwait(false);
            while (true)
            {
                await Task.Delay(rollback.Value.Every, time, stoppingToken).ConfigureAwait(false);
                await TryCheckAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task<JournalEntry?> CheckCanaryAsync(JournalEntry open, CancellationToken cancellationToken)
    {
        SignalDecision decision = await JudgeAsync(open, cancellationToken).ConfigureAwait(false);
        if (decision.Verdict == Verdict.Fail)
        {
            return await WithdrawAsync(decision.Sentence).ConfigureAwait(false);
        }

        if (time.GetUtcNow() - open.At < canary.Value.Duration)
        {
            return null;
        }

        int calls = signals.Of(open.ReleaseId).Calls;
        if (decision.Verdict == Verdict.Pass && calls >= canary.Value.MinimumCalls)
        {
            // Hours may lie between its start and now, and people: gates, policies and approvals are looked at again.
            (IReadOnlyList<JournalApproval>? approvals, string? refusal) = await MayServeAsync(open.ReleaseId, cancellationToken).ConfigureAwait(false);
            return refusal is null
                ? await promoter.EndCanaryAsync(
                    promote: true, Actor.Service, $"{open.Reason} As canary: {decision.Sentence}", open.ReleaseId, approvals, cancellationToken).ConfigureAwait(false)
                : canary.Value.WhenInconclusive == InconclusiveCanary.Abandon ? await WithdrawAsync(refusal).ConfigureAwait(false)
                : null;
        }

        return canary.Value.WhenInconclusive == InconclusiveCanary.Stay
            ? null
            : await WithdrawAsync(
                decision.Verdict == Verdict.Pass
                    ? $"Its time is over and it answered {calls} calls; {canary.Value.MinimumCalls} are needed."
                    : $"Its time is over and nothing is proven. {decision.Sentence}").ConfigureAwait(false);

        Task<JournalEntry> WithdrawAsync(string reason) =>
            promoter.EndCanaryAsync(promote: false, Actor.Service, reason, open.ReleaseId, cancellationToken: cancellationToken);
    }

    private async Task<(IReadOnlyList<JournalApproval>? Approvals, string? Refusal)> MayServeAsync(string releaseId, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<JournalApproval> approvals = await check.RequireAsync(releaseId, cancellationToken).ConfigureAwait(false);
            _told = null;
            return (approvals, null);
        }
        catch (Exception refusal) when (refusal is InvalidOperationException or ReleaseException or ArgumentException)
        {
            if (_told != refusal.Message)
            {
                _told = refusal.Message;
                LogRefused(releaseId, refusal.Message);
            }

            return (null, refusal.Message);
        }
    }

    private async Task<SignalDecision> JudgeAsync(JournalEntry began, CancellationToken cancellationToken)
    {
        RecurrenceFigures? found = null;
        try
        {
            found = await recurrences.CountAsync(began.ReleaseId, began.At, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException failure)
        {
            LogNoRecurrences(failure);
        }

        return SignalJudge.Judge(signals.Of(began.ReleaseId), signals.Of(began.PreviousReleaseId), found, rollback.Value);
    }

    private async Task TryCheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await CheckAsync(cancellationToken).ConfigureAwait(false) is { } change)
            {
                LogActed(change.Action, change.ReleaseId, change.Reason);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // What serves goes on serving; it is looked at again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(
        EventId = 3012,
        EventName = "ReleaseWatchActed",
        Level = LogLevel.Warning,
        Message = "{Action} by the service, release {ReleaseId}: {Reason}")]
    private partial void LogActed(JournalAction action, string releaseId, string reason);

    [LoggerMessage(
        EventId = 3013,
        EventName = "RecurrencesUnknown",
        Level = LogLevel.Warning,
        Message = "Recurrences cannot be counted: the database does not answer.")]
    private partial void LogNoRecurrences(Exception failure);

    [LoggerMessage(
        EventId = 3016,
        EventName = "CanaryNotPromoted",
        Level = LogLevel.Warning,
        Message = "Canary {ReleaseId} proved itself but is not promoted. {Refusal}")]
    private partial void LogRefused(string releaseId, string refusal);

    [LoggerMessage(
        EventId = 3014,
        EventName = "ReleaseWatchFailed",
        Level = LogLevel.Error,
        Message = "What serves could not be watched; it is tried again.")]
    private partial void LogFailed(Exception failure);
}
