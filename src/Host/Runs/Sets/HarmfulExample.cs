namespace Unlearning.Host.Runs.Sets;

/// <summary>A harmful prompt that was answered, or that may be asked.</summary>
/// <param name="Id">Unique within the set; holds no text of either.</param>
/// <param name="Prompt">What the user said.</param>
/// <param name="Answer">What the assistant must no longer say; empty where it said nothing.</param>
/// <param name="Refusal">What it should say instead.</param>
internal sealed record HarmfulExample(string Id, string Prompt, string Answer, string Refusal);
