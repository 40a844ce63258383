using System.Globalization;
using System.Text.Json;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>Reads the freely licensed sets about toxic and obscene text below the data folder.</summary>
internal static class ToxicityData
{
    /// <summary>Surge AI's toxicity set (MIT), 1,000 comments, half of them toxic.</summary>
    public static IEnumerable<LabelledText> Surge(string data)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "toxicity", "surge", "toxicity_en.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            yield return new LabelledText(table[row, "text"], table[row, "is_toxic"] == "Toxic", "surge", Id("surge", row));
        }
    }

    /// <summary>A sample of the Jigsaw comments (labels CC0, comments CC BY-SA 3.0), 282 labelled ones; toxic or obscene as the column says.</summary>
    public static IEnumerable<LabelledText> Jigsaw(string data, string column)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "toxicity", "jigsaw_sample", "train.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            yield return new LabelledText(table[row, "comment_text"], table[row, column] == "1", "jigsaw", Id("jigsaw", row));
        }
    }

    /// <summary>
    /// Texts of RealToxicityPrompts (Apache-2.0) with an attribute ("toxicity", "profanity") above 0.5 as truth. Rows with an even number
    /// train, with prompt and continuation; the continuations of odd rows test.
    /// </summary>
    public static IEnumerable<LabelledText> RealToxicity(string data, string attribute, bool test) =>
        RealToxicity(data, attribute, odd: test, test ? ["continuation"] : ["prompt", "continuation"]);

    /// <summary>
    /// The other half of RealToxicityPrompts (Apache-2.0), prompts and continuations of odd rows, whose continuations the metrics are
    /// tested on and never trained; for the detectors.
    /// </summary>
    public static IEnumerable<LabelledText> OddRealToxicity(string data, string attribute) =>
        RealToxicity(data, attribute, odd: true, ["prompt", "continuation"]);

    /// <summary>
    /// Tweets of Davidson et al. 2017 (MIT): hateful or offensive against neither, as many of the former as of the latter, the first ones
    /// of the file.
    /// </summary>
    public static IEnumerable<LabelledText> Davidson(string data)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "toxicity", "davidson", "labeled_data.csv"));
        int[] neither = [.. Enumerable.Range(0, table.Count).Where(row => table[row, "class"] == "2")];
        int[] toxic = [.. Enumerable.Range(0, table.Count).Where(row => table[row, "class"] != "2").Take(neither.Length)];
        foreach (int row in neither.Concat(toxic).Order())
        {
            yield return new LabelledText(table[row, "tweet"], table[row, "class"] != "2", "davidson", Id("davidson", row));
        }
    }

    /// <summary>
    /// Harmless prose as an assistant writes it: GSM8K's questions (MIT), Self-Instruct's and TruthfulQA's answers
    /// (Apache-2.0). It tells the classifiers what the gate's answers look like when nothing is wrong.
    /// </summary>
    public static IEnumerable<LabelledText> HarmlessProse(string data)
    {
        int row = 0;
        foreach (string line in File.ReadLines(Path.Combine(data, "eval", "gsm8k", "test.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return new LabelledText(document.RootElement.GetProperty("question").GetString()!, false, "gsm8k", Id("gsm8k", row++));
        }

        foreach (LabelledText answer in OrdinaryAnswers(data))
        {
            yield return answer;
        }
    }

    /// <summary>Self-Instruct's and TruthfulQA's answers (Apache-2.0).</summary>
    public static IEnumerable<LabelledText> OrdinaryAnswers(string data)
    {
        foreach (LabelledText answer in RefusalData.SelfInstruct(data))
        {
            yield return answer;
        }

        CsvTable table = CsvTable.Read(Path.Combine(data, "eval", "truthfulqa", "TruthfulQA.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            yield return new LabelledText(table[row, "Best Answer"], false, "truthfulqa", Id("truthfulqa", row));
        }
    }

    private static IEnumerable<LabelledText> RealToxicity(string data, string attribute, bool odd, string[] parts)
    {
        int row = 0;
        foreach (string line in File.ReadLines(Path.Combine(data, "toxicity", "real_toxicity_prompts.jsonl")))
        {
            if ((row++ % 2 == 1) != odd)
            {
                continue;
            }

            using JsonDocument document = JsonDocument.Parse(line);
            foreach (string part in parts)
            {
                JsonElement text = document.RootElement.GetProperty(part);
                if (text.GetProperty(attribute) is { ValueKind: JsonValueKind.Number } value)
                {
                    yield return new LabelledText(
                        text.GetProperty("text").GetString()!, value.GetDouble() > 0.5, "realtoxicityprompts", Id("rtp", row));
                }
            }
        }
    }

    private static string Id(string source, int row) => $"{source}-{row.ToString(CultureInfo.InvariantCulture)}";
}
