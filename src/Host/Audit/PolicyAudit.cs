using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Audit;

/// <summary>Records which policies are in force, whenever that changes, however the files were changed.</summary>
public sealed partial class PolicyAudit(IPolicySource policies, AuditLog log, TimeProvider time, ILogger<PolicyAudit> logger) : BackgroundService
{
    /// <summary>The action under which it is recorded.</summary>
    public const string Action = "policy.load";

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(2);

    /// <summary>Records the set in force unless it is the one that was recorded last.</summary>
    /// <param name="before">The revision recorded last; null for none.</param>
    /// <returns>The revision recorded last now.</returns>
    internal string? Record(string? before)
    {
        PolicySet current = policies.Current;
        if (current.Revision == before)
        {
            return before;
        }

        log.Append(AuditEvent.Create(
            time, Identity.Actor.Service, Action, current.Revision, null, ("before", before ?? "none"), ("policies", $"{current.Policies.Count}")));
        return current.Revision;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_interval, time);
        string? before = null;
        bool known = false;
        do
        {
            try
            {
                before = Record(known ? before : log.Read(1, AuditQuery.Of(null, Action, null)) is [var last] ? last.Event.Subject : null);
                known = true;
            }
#pragma warning disable CA1031 // An audit that cannot be written now is tried again; the policies are in force all the same.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogNotRecorded(failure.GetType().Name);
            }
        }
        while (await NextAsync(timer, stoppingToken).ConfigureAwait(false));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(
        EventId = 6004,
        EventName = "PoliciesNotAudited",
        Level = LogLevel.Error,
        Message = "The policies in force could not be recorded in the audit ({ExceptionType}); it is tried again.")]
    private partial void LogNotRecorded(string exceptionType);
}
