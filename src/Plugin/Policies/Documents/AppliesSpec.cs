namespace Unlearning.Plugin.Policies.Documents;

internal sealed record AppliesSpec
{
    public required IReadOnlyList<string> To { get; init; }
}
