namespace Unlearning.Plugin.Policies.Documents;

internal sealed record ComplianceSpec
{
    public double Threshold { get; init; } = 0.5;

    public int MinWords { get; init; } = 12;

    public IReadOnlyList<string> Refusals { get; init; } = [];

    public IReadOnlyList<string> ContentTerms { get; init; } = [];
}
