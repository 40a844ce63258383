namespace Unlearning.Plugin.Policies.Documents;

internal sealed record GuardSpec
{
    public string Client { get; init; } = "guard";

    public IReadOnlyList<string> Categories { get; init; } = [];
}
