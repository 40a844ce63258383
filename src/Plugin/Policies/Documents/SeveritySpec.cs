namespace Unlearning.Plugin.Policies.Documents;

internal sealed record SeveritySpec
{
    public required int Default { get; init; }

    public IReadOnlyList<SeverityRule> Rules { get; init; } = [];
}
