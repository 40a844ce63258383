namespace Unlearning.Plugin.Policies.Documents;

internal sealed record SimilaritySpec
{
    public IReadOnlyList<string> Examples { get; init; } = [];

    public bool KnownIncidents { get; init; }

    public double Threshold { get; init; } = 0.7;
}
