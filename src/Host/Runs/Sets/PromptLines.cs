using System.Text.Json;

namespace Unlearning.Host.Runs.Sets;

/// <summary>Reads JSON lines of prompts: one object a line with <c>prompt</c> and, where it is known, <c>answer</c>.</summary>
internal static class PromptLines
{
    /// <summary>The lines that are not blank, with their numbers from 1; a text is null where the line has none of that name.</summary>
    public static IEnumerable<(int Line, string? Prompt, string? Answer)> Read(string path) => File.ReadLines(path).Index()
        .Where(line => !string.IsNullOrWhiteSpace(line.Item))
        .Select(line => Parse(line.Index + 1, line.Item));

    private static (int Line, string? Prompt, string? Answer) Parse(int number, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return (number, Text(document.RootElement, "prompt"), Text(document.RootElement, "answer"));
        }
        catch (JsonException)
        {
            return (number, null, null);
        }
    }

    private static string? Text(JsonElement row, string key) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String
            && !string.IsNullOrWhiteSpace(value.GetString()) ? value.GetString() : null;
}
