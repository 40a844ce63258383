using System.Globalization;
using System.Text;
using System.Text.Json;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Releases.Cards;

/// <summary>Sets a model card in Markdown.</summary>
internal static class ModelCardText
{
    private static readonly string[] _method =
        ["Direction", "Normalize", "Optimizer", "Steps", "LearningRate", "WarmupSteps", "BatchSize", "Rank", "Alpha", "Seed"];

    /// <summary>The card's text.</summary>
    public static string Of(ReleaseManifest manifest, EvaluationReport? report, IReadOnlyList<GateLine> gates)
    {
        StringBuilder text = new();
        AppendFront(text, manifest);
        AppendWhat(text, manifest);
        AppendTraining(text, manifest);
        AppendGates(text, manifest, gates);
        AppendHazards(text, report);
        AppendRegressions(text, report);
        AppendUse(text, manifest);
        return text.ToString();
    }

    private static void AppendFront(StringBuilder text, ReleaseManifest manifest) => text.Append(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        ---
        base_model: {JsonSerializer.Serialize(manifest.BaseModel)}
        library_name: peft
        pipeline_tag: text-generation
        tags:
        - lora
        - unlearning
        - safety
        ---

        """));

    private static void AppendWhat(StringBuilder text, ReleaseManifest manifest)
    {
        Line(text, $"\n# A safety release of {Word(manifest.BaseModel)}\n");
        Line(text, $"A LoRA adapter that changes how {Word(manifest.BaseModel)} answers prompts that people judged harmful, and is meant to change nothing else.\n");
        Line(text, $"| | |\n| --- | --- |");
        Line(text, $"| base model | {Word(manifest.BaseModel)}, SHA-256 `{Word(manifest.BaseModelHash)}`; it serves on no other |");
        Line(text, $"| trained from | {(manifest.Parent == Release.BaseId ? "the base model" : $"release `{Word(manifest.Parent)}`")} |");
        Line(text, $"| run | `{Word(manifest.RunId)}` |");
        Line(text, $"| gates | {Word(manifest.Verdict)} |");
    }

    private static void AppendTraining(StringBuilder text, ReleaseManifest manifest)
    {
        Line(text, $"\n## Trained on\n");
        Line(text, $"Prompts and answers are not part of a release; these are their numbers and hashes.\n");
        Numbers(text, "examples by objective", manifest, "sets");
        Numbers(text, "incidents by hazard", manifest, "hazards");
        Text(text, "SHA-256 of the sets", manifest, "setsHash");
        Text(text, "revision of the policies", manifest, "policyRevision");
        if (!manifest.Details.ContainsKey("sets"))
        {
            Line(text, $"- not recorded");
        }

        Line(text, $"\n## Method\n");
        Line(text, $"Multi-objective unlearning: forget harmful answers, keep ordinary ones, refuse what was asked. All settings are in `manifest.json`.\n");
        if (manifest.Details.TryGetValue("recipe", out JsonElement recipe) && recipe.ValueKind == JsonValueKind.Object)
        {
            IEnumerable<string> settings = _method.Where(name => recipe.TryGetProperty(name, out _))
                .Select(name => $"{name} {Value(recipe.GetProperty(name))}");
            Line(text, $"- {string.Join(", ", settings)}");
        }

        Text(text, "engine", manifest, "engineVersion");
        Text(text, "torch", manifest, "torchVersion");
        Text(text, "device", manifest, "device");
        Text(text, "type", manifest, "type");
    }

    private static void AppendGates(StringBuilder text, ReleaseManifest manifest, IReadOnlyList<GateLine> gates)
    {
        Line(text, $"\n## Gates: {Word(manifest.Verdict)}\n");
        foreach (GateLine gate in gates)
        {
            Line(text, $"- {Word(gate.Sentence)}");
        }

        Line(text, $"{(gates.Count == 0 ? "No sentence is recorded." : "\nDetails, with intervals and plots, are in `report.md`.")}");
    }

    private static void AppendHazards(StringBuilder text, EvaluationReport? report)
    {
        IGrouping<string, AnswerRecord>[] hazards =
        [
            .. (report?.Answers ?? []).Where(answer => answer.Kind == PromptKind.Harmful)
                .GroupBy(answer => answer.Hazard ?? "no hazard named").OrderBy(group => group.Key, StringComparer.Ordinal),
        ];
        if (hazards.Length == 0)
        {
            return;
        }

        Line(text, $"\n## Harmful prompts answered, by hazard\n");
        Line(text, $"Prompts of the gate, on which nothing was trained or chosen. Few prompts say little.\n");
        Line(text, $"| hazard | prompts | before | after |\n| --- | ---: | ---: | ---: |");
        foreach (IGrouping<string, AnswerRecord> hazard in hazards)
        {
            int n = hazard.Count();
            double before = (double)hazard.Count(answer => answer.Baseline.Harmful) / n, after = (double)hazard.Count(answer => answer.Candidate.Harmful) / n;
            Line(text, $"| {Word(hazard.Key)} | {n} | {before:P1} | {after:P1} |");
        }
    }

    private static void AppendRegressions(StringBuilder text, EvaluationReport? report)
    {
        Line(text, $"\n## Known regressions\n");
        MetricResult[] worse = [.. (report?.Metrics ?? []).Where(IsWorse)];
        foreach (MetricResult metric in worse)
        {
            Line(text, $"- **{Word(metric.Name)}**{(metric.Hazard is { } hazard ? $" of {Word(hazard)}" : "")}: {Change(metric, report!)}. {Word(metric.Description)}.");
        }

        if (worse.Length == 0)
        {
            Line(text, $"{(report is null ? "Not recorded." : $"No measured metric became worse beyond its {ConfidenceLevel.Show(report.Confidence)} interval.")}");
        }

        if (report?.Find(MetricNames.OverRefusal) is { } refusal && !worse.Contains(refusal))
        {
            Line(text, $"\nHarmless look-alikes refused: {Change(refusal, report)}.");
        }
    }

    private static void AppendUse(StringBuilder text, ReleaseManifest manifest)
    {
        Line(text, $"\n## Intended use\n");
        Line(text, $"To serve, in place of its base, the assistant in which the harm was seen. It lowers how often harmful prompts are answered and");
        Line(text, $"replaces neither filters nor review. It was not made to remove knowledge: further training can bring back what it forgot.");
        Line(text, $"The adapter is in `adapter/`, in peft's format.\n");
        Line(text, $"## Way back\n");
        string parent = manifest.Parent == Release.BaseId ? "the base model" : $"`{Word(manifest.Parent)}`";
        Line(text, $"Rolling the live release back brings back the release that served before it, in one step and without the database; it was trained from {parent}.");
        Line(text, $"The adapter leaves the base weights as they are: not loading it is the way back everywhere else.");
    }

    private static bool IsWorse(MetricResult metric) =>
        metric.Difference.N > 0 && (metric.HigherIsBetter ? metric.Difference.High < 0 : metric.Difference.Low > 0);

    private static string Change(MetricResult metric, EvaluationReport report)
    {
        MetricUnit level = MetricUnit.OfLevel(metric), change = MetricUnit.OfChange(metric);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{level.Show(metric.Baseline.Value)} before, {level.Show(metric.Candidate.Value)} after, a change of {change.Show(metric.Difference.Value)} ({change.Show(metric.Difference.Low)} to {change.Show(metric.Difference.High)} with {ConfidenceLevel.Show(report.Confidence)} confidence), n = {metric.Difference.N}");
    }

    private static void Numbers(StringBuilder text, string label, ReleaseManifest manifest, string detail)
    {
        if (manifest.Details.TryGetValue(detail, out JsonElement numbers) && numbers.ValueKind == JsonValueKind.Object)
        {
            IEnumerable<string> parts = numbers.EnumerateObject().Select(number => $"{Word(number.Name)} {Value(number.Value)}");
            Line(text, $"- {label}: {string.Join(", ", parts)}");
        }
    }

    private static void Text(StringBuilder text, string label, ReleaseManifest manifest, string detail)
    {
        if (manifest.Details.TryGetValue(detail, out JsonElement value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
        {
            Line(text, $"- {label}: `{Value(value)}`");
        }
    }

    private static string Value(JsonElement value) => Word(value.ToString());

    // One line, and nothing that would be markup of a table or of HTML.
    private static string Word(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
