using Unlearning.Host.Identity;

namespace Unlearning.Host.Audit;

/// <summary>
/// Something that somebody did. Subject and details are ids, hashes, numbers and words of the service; the reason is the actor's own
/// words, freed of personal data. Never text that was captured.
/// </summary>
public sealed record AuditEvent
{
    /// <summary>The longest reason that is kept, in characters.</summary>
    public const int LongestReason = 500;

    /// <summary>Identity, ordered by time (UUID version 7).</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was done.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it: <see cref="Identity.Actor.Name"/>.</summary>
    public required string Actor { get; init; }

    /// <summary>What was done, as <c>noun.verb</c>: <c>run.start</c>, <c>release.approve</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to: an id.</summary>
    public required string Subject { get; init; }

    /// <summary>Why, in the actor's words; null where nobody was asked.</summary>
    public string? Reason { get; init; }

    /// <summary>What else an auditor needs: hashes, counts, states before and after.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Makes an event of now.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="actor">Who.</param>
    /// <param name="action">What, as <c>noun.verb</c>.</param>
    /// <param name="subject">To what: an id.</param>
    /// <param name="reason">Why; cut to <see cref="LongestReason"/> characters of one line, personal data replaced.</param>
    /// <param name="details">Further ids, hashes, numbers and words.</param>
    public static AuditEvent Create(
        TimeProvider time, Actor actor, string action, string subject, string? reason = null, params (string Key, string Value)[] details)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(actor);
        DateTimeOffset now = time.GetUtcNow();
        return new AuditEvent
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            Actor = actor.Name,
            Action = action,
            Subject = subject,
            Reason = reason is null ? null : AuditReason.Of(reason),
            Details = new SortedDictionary<string, string>(details.ToDictionary(detail => detail.Key, detail => detail.Value), StringComparer.Ordinal),
        };
    }
}
