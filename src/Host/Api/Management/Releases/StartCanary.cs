namespace Unlearning.Host.Api.Management.Releases;

/// <summary>A wish for a canary.</summary>
/// <param name="Share">The share of the conversations it serves, above 0 and below 1.</param>
/// <param name="Reason">Why, in one sentence; kept in the record.</param>
public sealed record StartCanary(double Share, string Reason);
