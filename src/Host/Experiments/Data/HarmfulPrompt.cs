namespace Unlearning.Host.Experiments.Data;

/// <summary>A harmful prompt with the answer to forget.</summary>
/// <param name="Id">Unique; holds no text.</param>
/// <param name="Prompt">What the user says.</param>
/// <param name="Answer">The answer; null stands for the model's own.</param>
internal sealed record HarmfulPrompt(string Id, string Prompt, string? Answer);
