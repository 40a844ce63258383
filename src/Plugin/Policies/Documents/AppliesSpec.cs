namespace Unlearning.Plugin.Policies.Documents;

internal sealed record AppliesSpec
{
    public required IReadOnlyList<string> To { get; init; }

    public IReadOnlyList<string> Workloads { get; init; } = [];

    public IReadOnlyList<string> Locales { get; init; } = [];
}
