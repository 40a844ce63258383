namespace Unlearning.Plugin.Policies;

/// <summary>What one policy found in a model's input.</summary>
/// <param name="PromptDetectors">The detectors that fired on the prompt; null when it does not match.</param>
/// <param name="ToolDetectors">The detectors that fired on a tool's result; null when none matches.</param>
internal sealed record InputFinding(IReadOnlyList<string>? PromptDetectors, IReadOnlyList<string>? ToolDetectors)
{
    public bool PromptMatched => PromptDetectors is not null;

    public bool ToolResultMatched => ToolDetectors is not null;

    public bool Matched => PromptMatched || ToolResultMatched;
}
