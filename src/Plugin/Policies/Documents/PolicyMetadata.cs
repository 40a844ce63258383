namespace Unlearning.Plugin.Policies.Documents;

internal sealed record PolicyMetadata
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public string? Owner { get; init; }

    public string? Description { get; init; }
}
