using System.Text.Json;

namespace Unlearning.Host.Evaluation;

/// <summary>Reads and writes prompt files: JSON Lines, one <see cref="EvaluationPrompt"/> a line.</summary>
public static class PromptFile
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        // Prompt files are read by people: quotes and accents stay as they are. They are never put into HTML.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads all prompts of a file.</summary>
    /// <exception cref="InvalidDataException">A line is not a prompt, or an id appears twice; the message names the file and the
    /// line.</exception>
    public static IReadOnlyList<EvaluationPrompt> Read(string path)
    {
        using StreamReader reader = new(path);
        return Read(reader, path);
    }

    /// <summary>Reads all prompts of a text; <paramref name="name"/> stands for it in messages.</summary>
    /// <exception cref="InvalidDataException">A line is not a prompt, or an id appears twice.</exception>
    public static IReadOnlyList<EvaluationPrompt> Read(TextReader reader, string name)
    {
        ArgumentNullException.ThrowIfNull(reader);
        List<EvaluationPrompt> prompts = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        for (int line = 1; reader.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            EvaluationPrompt prompt = Parse(text, name, line);
            if (!ids.Add(prompt.Id))
            {
                throw new InvalidDataException($"{name}:{line}: the id {prompt.Id} appears twice. Give each prompt an id of its own.");
            }

            prompts.Add(prompt);
        }

        return prompts;
    }

    /// <summary>Writes prompts in the form that <see cref="Read(string)"/> reads, with LF line ends.</summary>
    public static void Write(string path, IEnumerable<EvaluationPrompt> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        File.WriteAllText(path, string.Concat(prompts.Select(prompt => JsonSerializer.Serialize(prompt, _options) + "\n")));
    }

    private static EvaluationPrompt Parse(string text, string name, int line)
    {
        EvaluationPrompt? prompt;
        try
        {
            prompt = JsonSerializer.Deserialize<EvaluationPrompt>(text, _options);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{name}:{line}: not a prompt ({error.Path}). A line is an object with id, text, kind and source.", error);
        }

        if (prompt is null || ((string[])[prompt.Id, prompt.Text, prompt.Source]).Any(string.IsNullOrWhiteSpace))
        {
            throw new InvalidDataException($"{name}:{line}: id, text and source must not be empty.");
        }

        return prompt.Kind == PromptKind.Ordinary && string.IsNullOrWhiteSpace(prompt.Answer)
            ? throw new InvalidDataException($"{name}:{line}: an ordinary prompt needs an answer.")
            : prompt;
    }
}
