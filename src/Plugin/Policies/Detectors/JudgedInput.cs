namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>What a model is given to answer: the user's text, and what tools have said since.</summary>
internal sealed class JudgedInput(string prompt, IReadOnlyList<string> toolResults)
{
    public JudgedText Prompt { get; } = new(prompt);

    public IReadOnlyList<JudgedText> ToolResults { get; } = [.. toolResults.Select(result => new JudgedText(result))];
}
