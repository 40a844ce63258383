namespace Unlearning.Host.Api.Wire;

/// <summary>The service's health and its parts'.</summary>
internal sealed record HealthSummary(string Status, IReadOnlyList<HealthEntry> Checks);
