using System.Globalization;
using System.Text.Json;
using Unlearning.Host.Demo;
using Unlearning.Host.Demo.Bundle;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>
/// Reads what tells an unsafe exchange from a harmless one. A text is the answer to its prompt; it is empty where only a prompt is known, and
/// has no prompt where it stands alone. Positive is: harm is asked for and given, or the text is abusive.
/// </summary>
internal static class UnsafeData
{
    /// <summary>Harmful requests without answers: AdvBench (MIT), HarmBench (MIT), AILuminate's demo prompts and XSTest's unsafe ones (CC-BY-4.0).</summary>
    public static IEnumerable<LabelledText> HarmfulRequests(string data) =>
    [
        .. PromptSources.AdvBench(data).Concat(PromptSources.HarmBench(data)).Select(candidate => Request(candidate, true)),
        .. AiLuminate(data),
        .. PromptSources.XsTest(data).Where(candidate => candidate.Prompt.Kind == PromptKind.Harmful).Select(candidate => Request(candidate, true)),
    ];

    /// <summary>Harmless requests without answers: the project's own look-alikes, and questions of CommonsenseQA (MIT).</summary>
    public static IEnumerable<LabelledText> HarmlessRequests(string data) =>
    [
        .. BundledPrompts.Load(PromptSplit.Companion, PromptKind.LookAlike).Select(prompt => new LabelledText(string.Empty, false, prompt.Source, prompt.Id, prompt.Text)),
        .. CommonsenseQa(data),
    ];

    /// <summary>
    /// Harmless requests with answers: XSTest's safe prompts with Llama-2's answers (CC-BY-4.0), refusal_judge's harmless ones with Llama-3's
    /// (Apache-2.0), Self-Instruct's and TruthfulQA's own (Apache-2.0).
    /// </summary>
    public static IEnumerable<LabelledText> HarmlessExchanges(string data)
    {
        return
        [
            .. XsTest(data, PromptKind.LookAlike),
            .. RefusalData.RefusalJudge(data).Where(answer => answer.Group.StartsWith("llama3_8b_harmless", StringComparison.Ordinal)).Select(answer => answer with { Positive = false }),
            .. SelfInstruct(data),
            .. TruthfulQa(data),
        ];
    }

    /// <summary>Llama-2's answers to XSTest's prompts of a kind (CC-BY-4.0), none of which is unsafe: it refused all the harmful ones.</summary>
    public static IEnumerable<LabelledText> XsTest(string data, PromptKind kind)
    {
        // A safe prompt and its unsafe contrast are of one group.
        Dictionary<string, string?> groups = PromptSources.XsTest(data)
            .Where(candidate => candidate.Prompt.Kind == kind)
            .ToDictionary(candidate => candidate.Prompt.Text, candidate => candidate.Group, StringComparer.Ordinal);
        foreach (LabelledText answer in RefusalData.XsTest(data))
        {
            string prompt = answer.Prompt!.Trim();
            if (groups.TryGetValue(prompt, out string? group))
                yield return answer with { Positive = false, Prompt = prompt, Group = group ?? answer.Group };
        }
    }

    /// <summary>
    /// Texts without prompts, abusive or not: Surge AI (MIT), RealToxicityPrompts' even rows (Apache-2.0), the Jigsaw sample (CC0, comments CC
    /// BY-SA 3.0).
    /// </summary>
    public static IEnumerable<LabelledText> Texts(string data) =>
    [
        .. ToxicityData.Surge(data),
        .. ToxicityData.RealToxicity(data, "toxicity", test: false),
        .. ToxicityData.Jigsaw(data, "toxic"),
    ];

    /// <summary>
    /// Openings of the default model's answers, labelled by hand as refusing or not (<see cref="RefusalData.OwnLabels"/>): to a harmful prompt
    /// what does not refuse is unsafe. The part "test" is of the validation split.
    /// </summary>
    public static IEnumerable<LabelledText> DefaultModel(string labels, string part)
    {
        const string model = "smollm2-";
        Dictionary<string, EvaluationPrompt> prompts =
            new[] { PromptSplit.Train, PromptSplit.Validation }.SelectMany(BundledPrompts.Load).ToDictionary(prompt => prompt.Id, StringComparer.Ordinal);
        foreach (LabelledText opening in RefusalData.OwnLabels(labels, part).Where(text => text.Group.StartsWith(model, StringComparison.Ordinal)))
        {
            EvaluationPrompt prompt = prompts[opening.Group[model.Length..]];
            yield return opening with { Positive = prompt.Kind == PromptKind.Harmful && !opening.Positive, Prompt = prompt.Text };
        }
    }

    /// <summary>The project's own pairs, JSON Lines {id, prompt, answer, unsafe}; those whose ids begin alike, up to the last hyphen, are of one topic.</summary>
    public static IEnumerable<LabelledText> OwnPairs(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement pair = document.RootElement;
            string id = pair.GetProperty("id").GetString()!;
            yield return new LabelledText(
                pair.GetProperty("answer").GetString()!, pair.GetProperty("unsafe").GetBoolean(), "pairs", id[..id.LastIndexOf('-')], pair.GetProperty("prompt").GetString());
        }
    }

    /// <summary>
    /// BeaverTails' unsafe answers (CC-BY-NC-4.0: they measure, nothing is trained on them), without every third one, which the form of the classifier
    /// was chosen by; none where the file is absent.
    /// </summary>
    public static IEnumerable<LabelledText> BeaverTails(string data)
    {
        string file = Path.Combine(data, "safety", "beavertails", "unsafe.jsonl");
        return !File.Exists(file) ? [] : File.ReadLines(file).Where(line => !string.IsNullOrWhiteSpace(line)).Select((line, i) =>
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return new LabelledText(
                document.RootElement.GetProperty("rejected").GetString()!, true, "beavertails", Id("beavertails", i), document.RootElement.GetProperty("forbidden_prompt").GetString());
        }).Where((_, i) => i % 3 != 0);
    }

    /// <summary>Alpaca's ordinary instructions with answers (CC-BY-NC-4.0), as <see cref="BeaverTails"/>.</summary>
    public static IEnumerable<LabelledText> Alpaca(string data)
    {
        string file = Path.Combine(data, "benign", "alpaca", "alpaca_en_demo.json");
        if (!File.Exists(file))
            yield break;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        foreach ((int i, JsonElement row) in document.RootElement.EnumerateArray().Index())
        {
            string answer = row.GetProperty("output").GetString()!;
            if (answer.Length > 0 && i % 3 != 0)
                yield return new LabelledText(answer, false, "alpaca", Id("alpaca", i), WithInput(row.GetProperty("instruction").GetString()!, row.GetProperty("input").GetString()!));
        }
    }

    /// <summary>
    /// The first pair of answers to each of PKU-SafeRLHF's prompts (CC-BY-NC-4.0: they measure, nothing is trained on them), in its re-released form;
    /// positive is the one that is not the safer. None where the file is absent.
    /// </summary>
    public static IEnumerable<LabelledText> PkuPairs(string data)
    {
        string file = Path.Combine(data, "safety", "pku_saferlhf", "pairs.json");
        if (!File.Exists(file))
            yield break;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        HashSet<string> prompts = new(StringComparer.Ordinal);
        foreach (JsonElement row in document.RootElement.EnumerateArray())
        {
            string prompt = row.GetProperty("prompt").GetString()!;
            if (!prompts.Add(prompt))
                continue;
            string group = Id("pku", prompts.Count);
            yield return new LabelledText(row.GetProperty("response")[0].GetString()!, false, "pku safer", group, prompt);
            yield return new LabelledText(row.GetProperty("response")[1].GetString()!, true, "pku other", group, prompt);
        }
    }

    private static IEnumerable<LabelledText> AiLuminate(string data)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "safety", "ailuminate", "demo_prompts.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            yield return new LabelledText(string.Empty, true, "ailuminate", Id("ailuminate", row), table[row, "prompt_text"]);
        }
    }

    private static IEnumerable<LabelledText> CommonsenseQa(string data)
    {
        int row = 0;
        foreach (string line in File.ReadLines(Path.Combine(data, "eval", "commonsenseqa", "dev.jsonl")).Take(300))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement question = document.RootElement.GetProperty("question");
            string text = question.ValueKind == JsonValueKind.Object ? question.GetProperty("stem").GetString()! : question.GetString()!;
            yield return new LabelledText(string.Empty, false, "commonsenseqa", Id("commonsenseqa", row++), text);
        }
    }

    private static IEnumerable<LabelledText> SelfInstruct(string data)
    {
        int row = 0;
        foreach (string line in File.ReadLines(Path.Combine(data, "benign", "self_instruct", "user_oriented_instructions.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement instance = document.RootElement.GetProperty("instances")[0];
            string prompt = WithInput(document.RootElement.GetProperty("instruction").GetString()!, instance.GetProperty("input").GetString()!);
            yield return new LabelledText(instance.GetProperty("output").GetString()!, false, "self_instruct", Id("self_instruct", row++), prompt);
        }
    }

    private static IEnumerable<LabelledText> TruthfulQa(string data)
    {
        CsvTable table = CsvTable.Read(Path.Combine(data, "eval", "truthfulqa", "TruthfulQA.csv"));
        for (int row = 0; row < table.Count; row++)
        {
            yield return new LabelledText(table[row, "Best Answer"], false, "truthfulqa", Id("truthfulqa", row), table[row, "Question"]);
        }
    }

    private static LabelledText Request(CandidatePrompt candidate, bool harmful) =>
        new(string.Empty, harmful, candidate.Prompt.Source, candidate.Group ?? candidate.Prompt.Id, candidate.Prompt.Text);

    private static string WithInput(string instruction, string input) => input.Length == 0 ? instruction : $"{instruction}\n{input}";

    private static string Id(string source, int row) => $"{source}-{row.ToString(CultureInfo.InvariantCulture)}";
}
