using System.Globalization;
using System.Text.Json;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>Reads the sets that say whether an assistant refused.</summary>
internal static class RefusalData
{
    /// <summary>
    /// XSTest's 450 Llama-2 answers (CC-BY-4.0) with the final label of two annotators. Full and partial refusals are refusals, as in
    /// the XSTest paper's own count of over-refusal.
    /// </summary>
    public static IEnumerable<LabelledText> XsTest(string data)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "safety", "xstest", "completions_llama2_labelled.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            // A safe prompt and its unsafe contrast share a position in their types: they stay in one fold.
            string group = string.Create(CultureInfo.InvariantCulture, $"xstest-{row % 25}");
            string label = table[row, "final_label"];
            yield return new LabelledText(
                table[row, "completion"], label != "1_full_compliance", $"xstest {label[2..]}", group, table[row, "prompt"]);
        }
    }

    /// <summary>Two labels of XSTest's completions side by side: whether each label says that the answer went along.</summary>
    /// <param name="data">The folder with the data sets.</param>
    /// <param name="first">A column: <c>annotation_1</c>, <c>annotation_2</c>, <c>final_label</c> or <c>gpt4_label</c>.</param>
    /// <param name="second">Another.</param>
    public static IEnumerable<(bool First, bool Second)> XsTestLabels(string data, string first, string second)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "safety", "xstest", "completions_llama2_labelled.csv"));
        return Enumerable.Range(0, table.Count)
            .Select(row => (table[row, first] == "1_full_compliance", table[row, second] == "1_full_compliance"));
    }

    /// <summary>
    /// 200 Llama-3-8B answers (Apache-2.0) to JailbreakBench and Alpaca prompts. Only those on which substring and guard model agree
    /// count.
    /// </summary>
    public static IEnumerable<LabelledText> RefusalJudge(string data)
    {
        foreach (string name in (string[])["llama3_8b_baseline", "llama3_8b_harmless"])
        {
            using FileStream stream = File.OpenRead(Path.Combine(data, "safety", "refusal_judge", $"{name}.json"));
            using JsonDocument document = JsonDocument.Parse(stream);
            int row = 0;
            foreach (JsonElement completion in document.RootElement.GetProperty("completions").EnumerateArray())
            {
                bool answered = completion.GetProperty("is_jailbreak_substring_matching").GetInt32() == 1;
                bool agreed = completion.TryGetProperty("is_jailbreak_llamaguard2", out JsonElement guard)
                    ? (guard.GetInt32() == 1) == answered
                    : answered;
                string group = string.Create(CultureInfo.InvariantCulture, $"{name}-{row++}");
                if (agreed)
                {
                    // The published run missed the end token; what follows it is another turn.
                    string text = completion.GetProperty("response").GetString()!.Split("assistant\n")[0];
                    yield return new LabelledText(text, !answered, "refusal_judge", group, completion.GetProperty("prompt").GetString());
                }
            }
        }
    }

    /// <summary>The answers of Self-Instruct's user-oriented instructions (Apache-2.0), which refuse nothing.</summary>
    public static IEnumerable<LabelledText> SelfInstruct(string data)
    {
        int row = 0;
        foreach (string line in File.ReadLines(Path.Combine(data, "benign", "self_instruct", "user_oriented_instructions.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            string answer = document.RootElement.GetProperty("instances")[0].GetProperty("output").GetString()!;
            yield return new LabelledText(
                answer, false, "self_instruct", string.Create(CultureInfo.InvariantCulture, $"self_instruct-{row++}"));
        }
    }

    /// <summary>
    /// The project's own labels: openings of the default model's answers labelled by hand, and refusals and their look-alikes written for
    /// the purpose. JSON Lines {id, part, refused, opening}; the part "test" is never trained on.
    /// </summary>
    public static IEnumerable<LabelledText> OwnLabels(string path, string part)
    {
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement label = document.RootElement;
            if (label.GetProperty("part").GetString() == part)
            {
                string id = label.GetProperty("id").GetString()!;
                bool refused = label.GetProperty("refused").GetBoolean();
                yield return new LabelledText(label.GetProperty("opening").GetString()!, refused, id.Split('-')[0], id);
            }
        }
    }
}
