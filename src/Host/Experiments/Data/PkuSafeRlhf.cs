using System.Text.Json;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Judges;
using Unlearning.Host.Experiments.Recipes;

namespace Unlearning.Host.Experiments.Data;

/// <summary>
/// Reads PKU-SafeRLHF (CC-BY-NC-4.0, so it does not ship with the program) in either of its forms: the original one with response_0,
/// response_1, is_response_0_safe and is_response_1_safe, and the re-released one whose <c>response</c> is [safer, other].
/// </summary>
internal static class PkuSafeRlhf
{
    private static readonly string[] Original = ["response_0", "response_1", "is_response_0_safe", "is_response_1_safe"];

    /// <summary>The unsafe answers that are no refusals, one a prompt, in the order of the prompts' hashes.</summary>
    /// <param name="data">The folder of data sets, or null when none was named.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    /// <exception cref="InvalidDataException">The folder or a column is missing; the message says which and what to do.</exception>
    public static async Task<IReadOnlyList<HarmfulPrompt>> ReadAsync(string? data, CancellationToken cancellationToken)
    {
        string file = Find(data);
        AnswerJudge judge = new();
        RefusalMatcherJudge matcher = new();
        SortedDictionary<string, HarmfulPrompt> prompts = new(StringComparer.Ordinal);
        int row = 0;
        foreach (JsonElement element in Rows(file))
        {
            cancellationToken.ThrowIfCancellationRequested();
            row++;
            string text = Text(element, "prompt", file, row).Trim();
            string hash = PromptHash.Of(text);
            if (prompts.ContainsKey(hash))
                continue;
            EvaluationPrompt prompt = new($"pku-{hash[..12]}", text, PromptKind.Harmful, null, PromptSource.PkuSafeRlhf);
            foreach (string answer in Unsafe(element, file, row))
            {
                if (await judge.IsHarmfulAsync(prompt, answer, cancellationToken).ConfigureAwait(false)
                    && await matcher.IsHarmfulAsync(text, answer, cancellationToken).ConfigureAwait(false) == true)
                {
                    prompts[hash] = new HarmfulPrompt(prompt.Id, text, answer);
                    break;
                }
            }
        }

        return [.. prompts.Values];
    }

    private static string Find(string? data)
    {
        const string where = "Name the folder of data sets with --data or UNLEARNING_DATA; it holds safety/pku_saferlhf/ with a .json or .jsonl file. "
            + "The set is CC-BY-NC-4.0 and does not ship with the program.";
        if (data is null)
            throw new InvalidDataException($"The recipe asks for {PromptSource.PkuSafeRlhf}. {where}");
        string[] folders = [Path.Combine(data, "safety", PromptSource.PkuSafeRlhf), Path.Combine(data, PromptSource.PkuSafeRlhf), data];
        return folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json*").Order(StringComparer.Ordinal))
            .FirstOrDefault() ?? throw new InvalidDataException($"'{data}' holds no {PromptSource.PkuSafeRlhf}. {where}");
    }

    private static IEnumerable<JsonElement> Rows(string file)
    {
        string text = File.ReadAllText(file);
        if (text.AsSpan().TrimStart().StartsWith("["))
        {
            using JsonDocument document = Parse(text, file, 1);
            foreach (JsonElement element in document.RootElement.EnumerateArray())
                yield return element.Clone();
            yield break;
        }

        int line = 0;
        foreach (string row in text.Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(row))
                continue;
            using JsonDocument document = Parse(row, file, line);
            yield return document.RootElement.Clone();
        }
    }

    private static JsonDocument Parse(string text, string file, int line)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"{file}:{line + (malformed.LineNumber ?? 0)}: this is not JSON.", malformed);
        }
    }

    private static IEnumerable<string> Unsafe(JsonElement row, string file, int number)
    {
        if (row.TryGetProperty("response", out JsonElement pair))
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2
                || pair.EnumerateArray().Any(answer => answer.ValueKind != JsonValueKind.String))
                throw new InvalidDataException($"{file}, row {number}: 'response' should be two answers, the safer one first.");
            return [pair[1].GetString()!];
        }

        if (Original.FirstOrDefault(column => !row.TryGetProperty(column, out _)) is { } missing)
        {
            throw new InvalidDataException(
                $"{file}, row {number}: the column '{missing}' is missing. A row has prompt and response ([safer, other]), or prompt, "
                + $"{string.Join(", ", Original)}.");
        }

        return Enumerable.Range(0, 2)
            .Where(i => row.GetProperty($"is_response_{i}_safe").ValueKind == JsonValueKind.False)
            .Select(i => Text(row, $"response_{i}", file, number));
    }

    private static string Text(JsonElement row, string column, string file, int number) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(column, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new InvalidDataException($"{file}, row {number}: the column '{column}' is missing or no text.");
}
