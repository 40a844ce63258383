using System.Text.Json;

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
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (Parse(line) is not ({ } prompt, var answer))
                throw new InvalidDataException($"{path}:{number}: a line is an object with a text 'prompt' and, if it is known, a text 'answer'.");
            string hash = PromptHash.Of(prompt);
            if (known.Add(hash))
                prompts.Add(new HarmfulPrompt($"file-{hash[..12]}", prompt, answer));
        }

        return prompts;
    }

    private static (string? Prompt, string? Answer) Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return (Text(document.RootElement, "prompt"), Text(document.RootElement, "answer"));
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string? Text(JsonElement row, string key) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String
            && !string.IsNullOrWhiteSpace(value.GetString()) ? value.GetString() : null;
}
