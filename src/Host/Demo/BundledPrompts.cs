using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Demo;

/// <summary>
/// The prompts that ship inside the program (sources and licences: ATTRIBUTION.md beside this file). They are made by the
/// hidden verb <c>build-prompts</c> and never change between runs.
/// </summary>
public static class BundledPrompts
{
    /// <summary>All prompts of one split, in a fixed order.</summary>
    public static IReadOnlyList<EvaluationPrompt> Load(PromptSplit split)
    {
#pragma warning disable CA1308 // A file name, not a normalisation.
        string name = $"Unlearning.Host.Demo.Prompts.{split.ToString().ToLowerInvariant()}.jsonl";
#pragma warning restore CA1308
        using Stream stream = typeof(BundledPrompts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program was built without its resource {name}.");
        using StreamReader reader = new(stream);
        return PromptFile.Read(reader, name);
    }

    /// <summary>The prompts of one kind in a split, in a fixed order.</summary>
    public static IReadOnlyList<EvaluationPrompt> Load(PromptSplit split, PromptKind kind) =>
        [.. Load(split).Where(prompt => prompt.Kind == kind)];
}
