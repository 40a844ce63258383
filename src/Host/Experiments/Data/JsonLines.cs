using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Experiments.Data;

/// <summary>Reads a file of one's own harmful prompts: one object a line with <c>prompt</c> and, if it is known, <c>answer</c>.</summary>
internal static class JsonLines
{
    /// <summary>The prompts, in the file's order, each once.</summary>
    /// <exception cref="InvalidDataException">A line is no such object; the message names file and line, not the text.</exception>
    public static IReadOnlyList<HarmfulPrompt> Read(string path)
    {
        List<HarmfulPrompt> prompts = [];
        HashSet<string> known = [];
        foreach ((int line, string? prompt, string? answer) in PromptLines.Read(path))
        {
            if (prompt is null)
                throw new InvalidDataException($"{path}:{line}: a line is an object with a text 'prompt' and, if it is known, a text 'answer'.");
            string hash = PromptHash.Of(prompt);
            if (known.Add(hash))
                prompts.Add(new HarmfulPrompt($"file-{hash[..12]}", prompt, answer));
        }

        return prompts;
    }
}
