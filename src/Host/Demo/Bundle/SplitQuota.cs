using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Demo.Bundle;

/// <summary>How many prompts of a source and kind each split gets; the ratio of sources is the same in every split.</summary>
internal sealed record SplitQuota(string Source, PromptKind Kind, int Train, int Validation, int Gate)
{
    /// <summary>The bundle's composition. Change it, and every number measured with the bundle changes its meaning.</summary>
    public static IReadOnlyList<SplitQuota> Bundle { get; } =
    [
        new("xstest", PromptKind.LookAlike, 130, 32, 80),
        new("xstest", PromptKind.Harmful, 60, 18, 45),
        new("advbench", PromptKind.Harmful, 60, 18, 45),
        new("ailuminate", PromptKind.Harmful, 27, 8, 20),
        new("harmbench", PromptKind.Harmful, 13, 4, 10),
        new("self_instruct", PromptKind.Ordinary, 84, 24, 36),
        new("truthfulqa", PromptKind.Ordinary, 28, 8, 12),
    ];

    /// <summary>The number for one split.</summary>
    public int For(PromptSplit split) => split switch
    {
        PromptSplit.Train => Train,
        PromptSplit.Validation => Validation,
        _ => Gate,
    };
}
