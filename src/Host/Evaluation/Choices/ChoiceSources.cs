using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Unlearning.Host.Demo;
using Unlearning.Host.Demo.Bundle;

namespace Unlearning.Host.Evaluation.Choices;

/// <summary>Makes the bundled multiple-choice questions out of the data sets.</summary>
internal static class ChoiceSources
{
    /// <summary>Name of TruthfulQA's questions.</summary>
    public const string TruthfulQaName = "truthfulqa";

    /// <summary>Name of CommonsenseQA's questions.</summary>
    public const string CommonsenseQaName = "commonsenseqa";

    /// <summary>Questions of each source.</summary>
    public const int Sample = 100;

    /// <summary>Longest question or choice, in characters: scored sequences are cut at 128 tokens, and a cut choice could not be compared.</summary>
    private const int Longest = 200;

    /// <summary>How a question is written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        // Read by people, never put into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The sample of each source. Same sources, same bytes: a hash of the id decides, not chance.</summary>
    /// <param name="data">The folder with the data sets.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<ChoiceQuestion>> All(string data) =>
        new Dictionary<string, IReadOnlyList<ChoiceQuestion>>
        {
            [TruthfulQaName] = Choose(TruthfulQa(data)),
            [CommonsenseQaName] = Choose(CommonsenseQa(data)),
        };

    /// <summary>TruthfulQA's mc1 questions (Apache-2.0); the first choice is the right one.</summary>
    private static IEnumerable<ChoiceQuestion> TruthfulQa(string data)
    {
        using FileStream stream = File.OpenRead(Path.Combine(data, "eval", "truthfulqa", "mc_task.json"));
        using JsonDocument document = JsonDocument.Parse(stream);
        int row = 0;
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            row++;
            JsonProperty[] targets = [.. entry.GetProperty("mc1_targets").EnumerateObject()];
            yield return new ChoiceQuestion(
                $"{TruthfulQaName}-{row.ToString(CultureInfo.InvariantCulture)}",
                entry.GetProperty("question").GetString()!.Trim(),
                [.. targets.Select(target => target.Name.Trim())],
                Array.FindIndex(targets, target => target.Value.GetInt32() == 1),
                TruthfulQaName);
        }
    }

    /// <summary>The development questions of CommonsenseQA (MIT), with five choices each.</summary>
    private static IEnumerable<ChoiceQuestion> CommonsenseQa(string data)
    {
        foreach (string line in File.ReadLines(Path.Combine(data, "eval", "commonsenseqa", "dev.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement question = document.RootElement.GetProperty("question");
            JsonElement[] choices = [.. question.GetProperty("choices").EnumerateArray()];
            string key = document.RootElement.GetProperty("answerKey").GetString()!;
            yield return new ChoiceQuestion(
                $"{CommonsenseQaName}-{document.RootElement.GetProperty("id").GetString()}",
                question.GetProperty("stem").GetString()!.Trim(),
                [.. choices.Select(choice => choice.GetProperty("text").GetString()!.Trim())],
                Array.FindIndex(choices, choice => choice.GetProperty("label").GetString() == key),
                CommonsenseQaName);
        }
    }

    private static ChoiceQuestion[] Choose(IEnumerable<ChoiceQuestion> questions)
    {
        // Runs train on some of TruthfulQA's questions: what is trained on, or much like it, does not measure.
        ContentWords[] bundled =
            [.. Enum.GetValues<PromptSplit>().SelectMany(BundledPrompts.Load).Select(prompt => ContentWords.Of(prompt.Text))];
        return
        [
            .. questions
                .Where(question => question.Text.Length <= Longest && question.Choices.All(choice => choice.Length is > 0 and <= Longest))
                .Where(question => question.Choices.Distinct(StringComparer.OrdinalIgnoreCase).Count() == question.Choices.Count)
                .OrderBy(question => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(question.Id))), StringComparer.Ordinal)
                .Where(question => !bundled.Any(words => words.Jaccard(ContentWords.Of(question.Text)) >= PromptBundler.NearDuplicate))
                .Take(Sample),
        ];
    }
}
