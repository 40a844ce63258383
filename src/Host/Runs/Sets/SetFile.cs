using System.Security.Cryptography;
using System.Text.Json;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Runs.Sets;

/// <summary>A set of one's own: a file of JSON lines that an objective names by its path in place of one of <see cref="RunSets.Names"/>.</summary>
/// <param name="Pairs">Its pairs, in the file's order.</param>
internal sealed record SetFile(IReadOnlyList<SetPair> Pairs)
{
    private const string Extension = ".jsonl", Form = """Write {"prompt": "...", "answer": "..."} on every line""";

    /// <summary>SHA-256 of prompts and answers in their order, in hexadecimal; blank lines and the file's name do not count.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(Pairs.Select(pair => new[] { pair.Prompt, pair.Answer }))));

    /// <summary>Whether a set's name is the path of a file.</summary>
    public static bool IsNamedBy(string? set) => set is not null && set.EndsWith(Extension, StringComparison.Ordinal);

    /// <summary>The files that the objectives of a recipe read, each once, as the recipe writes their paths.</summary>
    public static IReadOnlyList<string> NamedIn(RecipeOptions recipe) =>
        [.. RunSets.Enabled(recipe).SelectMany(objective => new[] { objective.Options.Set, objective.Options.Rejected })
            .Where(IsNamedBy).OfType<string>().Distinct()];

    /// <summary>All files of <see cref="NamedIn"/>, as they are now.</summary>
    /// <exception cref="RunException">One of them cannot be trained on.</exception>
    public static IReadOnlyDictionary<string, SetFile> ReadAll(RecipeOptions recipe) =>
        NamedIn(recipe).ToDictionary(set => set, set => Read(set, recipe));

    /// <summary>Reads a file.</summary>
    /// <param name="set">Its path; a relative one is relative to the recipe's folder.</param>
    /// <param name="recipe">The recipe that names it.</param>
    /// <exception cref="RunException">It is missing, unreadable or empty, or a line is no pair; the message names file and line, never the text.</exception>
    public static SetFile Read(string set, RecipeOptions recipe)
    {
        string path = Path.GetFullPath(set.Replace('\0', '_'), recipe.Folder ?? HomeFolder.Find());
        if (!File.Exists(path))
        {
            throw new RunException(
                $"There is no file '{path}'", $"Write its path relative to the {(recipe.Folder is null ? "home folder" : "recipe's folder")}");
        }

        List<SetPair> pairs = [];
        try
        {
            foreach ((int line, string? prompt, string? answer) in PromptLines.Read(path))
            {
                pairs.Add(prompt is not null && answer is not null
                    ? new SetPair($"{Path.GetFileName(path)}:{line}", prompt, answer)
                    : throw new RunException($"'{path}', line {line}: there is no text '{(prompt is null ? "prompt" : "answer")}'", Form));
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"'{path}' cannot be read ({unreadable.GetType().Name})", "Give the program's user the right to read it");
        }

        return pairs.Count > 0 ? new SetFile(pairs) : throw new RunException($"'{path}' is empty", Form);
    }
}
