namespace Unlearning.Plugin.Policies.Documents;

internal sealed record TaxonomySpec
{
    public required string Canonical { get; init; }

    public IReadOnlyList<string> Aliases { get; init; } = [];
}
