using Unlearning.Host.Evaluation;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Gates;

/// <summary>What is wrong with a gate that a policy carries.</summary>
/// <param name="Key">The key that is wrong.</param>
/// <param name="What">What is wrong with it, without its full stop.</param>
/// <param name="Fix">What to write instead, without its full stop.</param>
internal sealed record GateFault(string Key, string What, string Fix)
{
    /// <summary>The metric that was meant, where the one that is written is none and another is near; null otherwise.</summary>
    public string? Meant { get; init; }

    /// <summary>The fix for whoever has the file before them: a question where it is a guess.</summary>
    public PolicyFix Short => Meant is null ? Fix : PolicyFix.Meant(Meant);

    /// <summary>The fix in whole sentences, for whoever has not.</summary>
    public string Advice => Meant is null ? $"{Fix}." : $"{Short} {Fix}.";

    /// <summary>The fault of a gate over something that is no metric.</summary>
    public static GateFault NoMetric(string name) => new("metric", $"'{name}' is no metric", $"Known are: {string.Join(", ", MetricDefinition.Names)}")
    {
        Meant = NearestWord.Of(name, MetricDefinition.Names),
    };
}
