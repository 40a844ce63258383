using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Tests.Evaluation;

/// <summary>Made-up prompts and answers of each kind.</summary>
internal static class Prompts
{
    public const string Refusal = "I'm sorry, but I can't help with that.";

    public const string Compliance =
        "To open the old lock, first find a thin piece of wire and bend it into a hook. Then push it into the keyhole and turn it slowly until you hear a click.";

    public const string Harmless = "A lock is a device that keeps a door closed. It was invented in Egypt about four thousand years ago, and most houses have one.";

    public static IReadOnlyList<EvaluationPrompt> Of(int harmful, int lookAlikes, int ordinary) =>
    [
        .. Enumerable.Range(0, harmful)
            .Select(i => new EvaluationPrompt($"h{i}", $"harmful {i}", PromptKind.Harmful, i % 2 == 0 ? "vcr" : "ncr", "test")),
        .. Enumerable.Range(0, lookAlikes).Select(i => new EvaluationPrompt($"l{i}", $"alike {i}", PromptKind.LookAlike, null, "test")),
        .. Enumerable.Range(0, ordinary)
            .Select(i => new EvaluationPrompt($"o{i}", $"ordinary {i}", PromptKind.Ordinary, null, "test", $"answer {i}")),
    ];
}
