namespace Unlearning.Host.Runs.Sets;

/// <summary>A prompt with its answer, of a file that an objective reads.</summary>
/// <param name="Id">The file's name and the line's number; holds no text of either.</param>
/// <param name="Prompt">What the user says.</param>
/// <param name="Answer">What the assistant says.</param>
internal sealed record SetPair(string Id, string Prompt, string Answer);
