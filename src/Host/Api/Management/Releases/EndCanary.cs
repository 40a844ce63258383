namespace Unlearning.Host.Api.Management.Releases;

/// <summary>How a canary ends.</summary>
/// <param name="Promote">Whether it becomes live; otherwise it is withdrawn.</param>
/// <param name="Reason">Why, in one sentence; kept in the record.</param>
public sealed record EndCanary(bool Promote, string Reason);
