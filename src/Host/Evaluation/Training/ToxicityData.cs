using System.Globalization;
using System.Text.Json;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>Reads the freely licensed sets about toxic and obscene text below the data folder.</summary>
internal static class ToxicityData
{
    /// <summary>
    /// Davidson et al. 2017 (MIT), 24,783 tweets. Crowd workers' majority: hate speech or offensive language is toxic. The sample was
    /// drawn by slur words, so even its harmless tweets hold some.
    /// </summary>
    public static IEnumerable<LabelledText> Davidson(string data)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "toxicity", "davidson", "labeled_data.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            yield return new LabelledText(table[row, "tweet"], table[row, "class"] != "2", "davidson", Id("davidson", row));
        }
    }

    /// <summary>Surge AI's toxicity set (MIT), 1,000 comments, half of them toxic.</summary>
    public static IEnumerable<LabelledText> Surge(string data)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "toxicity", "surge", "toxicity_en.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            yield return new LabelledText(table[row, "text"], table[row, "is_toxic"] == "Toxic", "surge", Id("surge", row));
        }
    }

    /// <summary>A sample of the Jigsaw comments (MIT), 282 labelled ones; toxic or obscene as the column says.</summary>
    public static IEnumerable<LabelledText> Jigsaw(string data, string column)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "toxicity", "jigsaw_sample", "train.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            yield return new LabelledText(table[row, "comment_text"], table[row, column] == "1", "jigsaw", Id("jigsaw", row));
        }
    }

    /// <summary>
    /// Continuations of RealToxicityPrompts (Apache-2.0) with an attribute ("toxicity", "profanity") above 0.5 as truth. Never trained
    /// on: this is the set outside.
    /// </summary>
    public static IEnumerable<LabelledText> RealToxicity(string data, string attribute)
    {
        int row = 0;
        foreach (string line in File.ReadLines(Path.Combine(data, "toxicity", "real_toxicity_prompts.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement continuation = document.RootElement.GetProperty("continuation");
            if (continuation.GetProperty(attribute) is { ValueKind: JsonValueKind.Number } value)
            {
                yield return new LabelledText(continuation.GetProperty("text").GetString()!, value.GetDouble() > 0.5, "realtoxicityprompts", Id("rtp", row++));
            }
        }
    }

    /// <summary>Surge AI's profanity list (MIT): an expression and how strong people find it, from 1 (mild) to 3 (severe).</summary>
    public static IEnumerable<(string Text, double Severity)> Profanity(string data)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "toxicity", "surge", "profanity_en.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            yield return (table[row, "text"].Trim(), double.Parse(table[row, "severity_rating"], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>
    /// Harmless prose as an assistant writes it: GSM8K's solutions and questions (MIT), Self-Instruct's and TruthfulQA's answers
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

        foreach (LabelledText answer in RefusalData.OrdinaryAnswers(data))
        {
            yield return answer;
        }
    }

    private static string Id(string source, int row) => $"{source}-{row.ToString(CultureInfo.InvariantCulture)}";
}
