using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Unlearning.Host.Audit;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.Changes;

/// <summary>
/// Puts every change of what serves into the audit. The journal is first; a change whose entry a crash kept from the audit gets it at the
/// next start.
/// </summary>
public sealed partial class ReleaseAudit(AuditLog log, LiveReleaseJournal journal, ILogger<ReleaseAudit> logger) : IReleaseFollower, IHostedService
{
    /// <inheritdoc/>
    public Task FollowAsync(JournalEntry change, CancellationToken cancellationToken)
    {
        log.Append(EventOf(change));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Entries from before there was an audit name no actor, and stay out of it.
            AuditEvent[] journalled = [.. journal.Read().Entries.Where(entry => entry.Actor is not null).Select(EventOf)];
            if (journalled.Length > 0)
            {
                HashSet<Guid> known = [.. log.Read(int.MaxValue, entry => entry.Event.Action.StartsWith("release.", StringComparison.Ordinal))
                    .Select(entry => entry.Event.Id)];
                log.Append([.. journalled.Where(one => !known.Contains(one.Id))]);
            }
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            LogBehind(failure);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The event of a journal entry: the same entry gives the same event.</summary>
    internal static AuditEvent EventOf(JournalEntry entry)
    {
        SortedDictionary<string, string> details = new(StringComparer.Ordinal)
        {
            ["live"] = entry.Action is JournalAction.Promoted or JournalAction.RolledBack ? entry.ReleaseId : entry.PreviousReleaseId,
            ["journal"] = entry.Sequence.ToString(CultureInfo.InvariantCulture),
        };
        void Add(string key, string? value)
        {
            if (value is not null)
            {
                details[key] = value;
            }
        }

        Add("content", entry.ContentHash);
        Add("run", entry.RunId);
        Add("share", entry.Share?.ToString(CultureInfo.InvariantCulture));
        Add("approvals", entry.Approvals is { Count: > 0 } approvals ? string.Join(' ', approvals.Select(one => one.By)) : null);
        Add("proposal", entry.Approvals is { Count: > 0 } proposed ? proposed[0].Proposal : null);
        if (entry.Action is JournalAction.Promoted or JournalAction.RolledBack)
        {
            details["before"] = entry.PreviousReleaseId;
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{entry.Sequence}|{entry.At:O}|{entry.Action}|{entry.ReleaseId}"));
        return new AuditEvent
        {
            Id = new Guid(hash.AsSpan(0, 16)),
            At = entry.At,
            Actor = entry.Actor ?? "unknown",
            Action = entry.Action switch
            {
                JournalAction.Promoted => "release.promote",
                JournalAction.RolledBack => "release.rollback",
                JournalAction.CanaryStarted => "release.canary-start",
                _ => "release.canary-end",
            },
            Subject = JournalHistory.WithdrawnBy(entry) ?? entry.ReleaseId,
            Reason = AuditReason.Of(entry.Reason),
            Details = details,
        };
    }

    [LoggerMessage(
        EventId = 3009,
        EventName = "ReleaseAuditBehind",
        Level = LogLevel.Error,
        Message = "Changes of what serves could not be put into the audit; the next start tries again.")]
    private partial void LogBehind(Exception failure);
}
