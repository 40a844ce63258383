namespace Unlearning.Host.Api.Wire;

/// <summary>One part's health.</summary>
internal sealed record HealthEntry(string Name, string Status, string? Description);
