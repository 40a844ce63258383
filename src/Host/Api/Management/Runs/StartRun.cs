namespace Unlearning.Host.Api.Management.Runs;

/// <summary>A wish for a run.</summary>
/// <param name="Reason">Why, in one sentence; kept in the record.</param>
/// <param name="RequestId">The caller's own id of this request, so that repeating it starts no second run; null for none.</param>
/// <param name="Supersede">Whether a run that waits for approval makes way for this one.</param>
public sealed record StartRun(string Reason, string? RequestId = null, bool Supersede = false);
