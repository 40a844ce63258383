namespace Unlearning.Plugin.Policies.Documents;

/// <summary>One detector: everything it lists must hold.</summary>
internal sealed record DetectorSpec
{
    public string? Name { get; init; }

    public IReadOnlyList<DetectorSpec>? AllOf { get; init; }

    public IReadOnlyList<DetectorSpec>? AnyOf { get; init; }

    public IReadOnlyList<DetectorSpec>? NoneOf { get; init; }

    public IReadOnlyList<string>? Terms { get; init; }

    public IReadOnlyList<string>? Regex { get; init; }

    public ComplianceSpec? Compliance { get; init; }

    public ClassifierSpec? Classifier { get; init; }

    public JudgeSpec? Judge { get; init; }

    public GuardSpec? Guard { get; init; }

    public ModerationSpec? Moderation { get; init; }

    public SimilaritySpec? SimilarTo { get; init; }
}
