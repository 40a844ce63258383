namespace Unlearning.Host.Audit;

/// <summary>Which entries somebody wants to see.</summary>
public static class AuditQuery
{
    /// <summary>Entries that fit all that is given: the actor and the subject exactly, the action by its beginning (<c>run</c>, <c>run.start</c>).</summary>
    public static Func<AuditEntry, bool> Of(string? actor, string? action, string? subject) => entry =>
        (actor is null || entry.Event.Actor == actor)
        && (subject is null || entry.Event.Subject == subject)
        && (action is null || entry.Event.Action == action || entry.Event.Action.StartsWith(action + ".", StringComparison.Ordinal));
}
