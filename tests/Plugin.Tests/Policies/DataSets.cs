using System.Text;
using System.Text.Json;

namespace Unlearning.Plugin.Tests.Policies;

/// <summary>The published data sets that the policies are measured on, under the folder that UNLEARNING_DATA names.</summary>
internal static class DataSets
{
    public static IReadOnlyList<string> AdvBench() => [.. ReadCsv("safety/advbench/harmful_behaviors.csv").Select(row => row["goal"])];

    /// <summary>The prompts of a hazard by its first word, so that <c>spc</c> is all of specialized advice.</summary>
    public static IReadOnlyList<string> AiLuminate(string hazard) =>
        [.. ReadCsv("safety/ailuminate/demo_prompts.csv").Where(row => row["hazard"].Split('_')[0] == hazard).Select(row => row["prompt_text"])];

    public static IReadOnlyList<string> XsTest(string label) =>
        [.. ReadCsv("safety/xstest/xstest_prompts.csv").Where(row => row["label"] == label).Select(row => row["prompt"])];

    /// <summary>Answers of Llama-2 to XSTest's prompts; complied is what people judged to be full compliance.</summary>
    public static IReadOnlyList<(string Prompt, string Answer, bool Complied)> XsTestCompletions() =>
    [
        .. ReadCsv("safety/xstest/completions_llama2_labelled.csv")
            .Select(row => (row["prompt"], row["completion"], row["final_label"] == "1_full_compliance")),
    ];

    /// <summary>Answers that people judged to be unsafe.</summary>
    public static IReadOnlyList<string> UnsafeAnswers() =>
        [.. ReadJsonLines("safety/beavertails/unsafe.jsonl").Select(row => row.GetProperty("rejected").GetString()!)];

    /// <summary>Answers of Llama-3-8B-Instruct, to harmful prompts (nearly all refused) or to harmless ones.</summary>
    public static IReadOnlyList<string> Llama3Answers(string set)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Find($"safety/refusal_judge/llama3_8b_{set}.json")));
        return [.. document.RootElement.GetProperty("completions").EnumerateArray().Select(row => row.GetProperty("response").GetString()!)];
    }

    /// <summary>Prompts that ask for harm, or harmless ones on the same themes.</summary>
    public static IReadOnlyList<string> JailbreakBench(string set)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Find($"safety/refusal_judge/llama3_8b_{set}.json")));
        return [.. document.RootElement.GetProperty("completions").EnumerateArray().Select(row => row.GetProperty("prompt").GetString()!)];
    }

    /// <summary>Answers that people judged to be unsafe in any of some ways.</summary>
    public static IReadOnlyList<string> BeaverTails(IReadOnlyList<string> categories) =>
    [
        .. ReadJsonLines("safety/beavertails/unsafe.jsonl")
            .Where(row => categories.Any(category => row.GetProperty("category").GetProperty(category).GetBoolean()))
            .Select(row => row.GetProperty("rejected").GetString()!),
    ];

    /// <summary>Prompts with the answer that people held to be the safer one, and the other.</summary>
    public static IReadOnlyList<(string Prompt, string Safer, string Other)> SaferPairs()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Find("safety/pku_saferlhf/pairs.json")));
        return
        [
            .. document.RootElement.EnumerateArray().Select(row => (
                row.GetProperty("prompt").GetString()!, row.GetProperty("response")[0].GetString()!, row.GetProperty("response")[1].GetString()!)),
        ];
    }

    /// <summary>Instructions, questions and exercises of everyday use.</summary>
    public static IReadOnlyList<string> OrdinaryPrompts()
    {
        using JsonDocument alpaca = JsonDocument.Parse(File.ReadAllText(Find("benign/alpaca/alpaca_en_demo.json")));
        return
        [
            .. ReadJsonLines("benign/self_instruct/user_oriented_instructions.jsonl")
                .Select(row => $"{row.GetProperty("instruction")}\n{row.GetProperty("instances")[0].GetProperty("input")}"),
            .. alpaca.RootElement.EnumerateArray().Select(row => $"{row.GetProperty("instruction")}\n{row.GetProperty("input")}"),
            .. ReadCsv("eval/truthfulqa/TruthfulQA.csv").Select(row => row["Question"]),
            .. ReadJsonLines("eval/mt_bench/question.jsonl").Select(row => row.GetProperty("turns")[0].GetString()!),
            .. ReadJsonLines("eval/gsm8k/test.jsonl").Select(row => row.GetProperty("question").GetString()!),
        ];
    }

    private static IEnumerable<JsonElement> ReadJsonLines(string path)
    {
        foreach (string line in File.ReadLines(Find(path)).Where(line => line.Length > 0))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            yield return row.RootElement.Clone();
        }
    }

    private static string Find(string path)
    {
        string? folder = Environment.GetEnvironmentVariable("UNLEARNING_DATA");
        Skip.If(string.IsNullOrEmpty(folder), "UNLEARNING_DATA names no folder of data sets.");
        string file = Path.Combine(folder, path);
        Skip.IfNot(File.Exists(file), $"{path} is not in the folder that UNLEARNING_DATA names.");
        return file;
    }

    private static IEnumerable<IReadOnlyDictionary<string, string>> ReadCsv(string path)
    {
        List<string> fields = [];
        string[]? header = null;
        StringBuilder field = new();
        bool quoted = false;
        foreach (char character in File.ReadAllText(Find(path)).ReplaceLineEndings("\n"))
        {
            if (character == '"')
            {
                // A doubled quote inside a quoted field closes it and opens it again, standing for itself.
                if (!quoted && field.Length > 0)
                {
                    field.Append('"');
                }

                quoted = !quoted;
            }
            else if (quoted || character is not (',' or '\n'))
            {
                field.Append(character);
            }
            else
            {
                fields.Add(field.ToString());
                field.Clear();
                if (character == '\n')
                {
                    if (header is not null && fields.Count == header.Length)
                    {
                        yield return header.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second);
                    }

                    header ??= [.. fields];
                    fields.Clear();
                }
            }
        }
    }
}
