namespace Unlearning.Plugin.Policies.Documents;

internal sealed record ApprovalsSpec
{
    public int Required { get; init; } = 1;

    public IReadOnlyList<string> Roles { get; init; } = ["approver"];

    public string Expires { get; init; } = "72h";
}
