namespace Unlearning.Plugin.Policies.Documents;

internal sealed record JudgeSpec
{
    public required string Question { get; init; }

    public string Client { get; init; } = "judge";
}
