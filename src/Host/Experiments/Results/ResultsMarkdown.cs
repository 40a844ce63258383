using System.Globalization;
using System.Text;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Runs.Successive;

namespace Unlearning.Host.Experiments.Results;

/// <summary>An experiment's report for people.</summary>
internal static class ResultsMarkdown
{
    private static readonly (string Metric, string Title)[] Main =
    [
        (MetricNames.HarmfulRate, "harmful ↓"),
        (MetricNames.UnsafeRate, "unsafe ↓"),
        (MetricNames.OverRefusal, "over-refusal ↓"),
        (MetricNames.BrokenRate, "broken ↓"),
        (MetricNames.Toxicity, "toxicity ↓"),
        (MetricNames.Obscenity, "obscenity ↓"),
        (MetricNames.Fluency, "fluency, bits ↑"),
        (MetricNames.LookAlikeFluency, "fluency on look-alikes, bits ↑"),
        (MetricNames.OrdinaryNll, "ordinary NLL ↓"),
        (MetricNames.HarmfulAnswerNll, "harmful NLL ↑"),
    ];

    /// <summary>The text.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="results">The cells that are done.</param>
    /// <param name="figures">Paths of the figures, relative to the report.</param>
    public static string Of(ExperimentRecipe recipe, string model, IReadOnlyList<CellResult> results, IReadOnlyList<string> figures)
    {
        IReadOnlyList<MethodSummary> methods = MethodSummary.Of(results, recipe);
        MetricResult[] measured = [.. results.SelectMany(result => result.Metrics).Where(metric => metric.Candidate.N > 0).DistinctBy(metric => metric.Name)];
        int wanted = recipe.Methods.Count * recipe.Seeds.Count;
        int done = results.Count(result => result.Kind == CellKind.Result);
        StringBuilder text = new();
        Line(text, $"# Experiment {recipe.Name}\n");
        if (recipe.Description.Length > 0)
            Line(text, $"{Plain(recipe.Description)}\n");
        Line(text, $"Model {Plain(model)}, seeds {string.Join(", ", recipe.Seeds)}. {done} of {wanted} trainings are done.\n");
        (string Metric, string Title)[] shown = [.. Main.Where(column => measured.Any(metric => metric.Name == column.Metric))];
        Table(text, methods, shown, measured, recipe.Seeds.Count, withTraining: true);
        Line(text, $"\nMean ± standard deviation over seeds; an arrow points to the better end. `results.csv` has every cell with its 95 % intervals.");

        // What the recipe switched on beyond the standard metrics.
        HashSet<string> standard = [.. MetricDefinition.All.Where(metric => metric.Option is null).Select(metric => metric.Name)];
        (string Metric, string Title)[] further = [.. measured.Where(metric => !standard.Contains(metric.Name))
            .Select(metric => (metric.Name, $"`{metric.Name}` {(metric.HigherIsBetter ? "↑" : "↓")}"))];
        if (further.Length > 0)
        {
            Line(text, $"\n## Further metrics\n");
            Table(text, methods, further, measured, recipe.Seeds.Count, withTraining: false);
        }

        foreach (CellResult result in results.Where(result => result.Successive.Count > 0))
            AppendSuccessive(text, result);

        if (methods.Any(method => method.Description.Length > 0))
        {
            IEnumerable<string> lines = methods.Where(method => method.Description.Length > 0)
                .Select(method => $"- **{method.Name}**: {Plain(method.Description)}");
            Line(text, $"\n## Methods\n\n{string.Join('\n', lines)}");
        }

        AppendTuning(text, methods);
        Line(text, $"\n## How to read it\n");
        Line(text, $"- The lower left corner of the figure of harm and utility is the place to be: less harm, ordinary answers as likely as before.");
        Line(text, $"- A method that answers nothing has no harm either: look at over-refusal and broken answers beside the harmful rate.");
        Line(text, $"- Toxicity, obscenity and fluency are of whatever is said: a refusal has its own, and short or degenerate answers have less fluency.");
        Line(text, $"- Toxicity and obscenity were judged by {(recipe.Evaluation.Tone == ToneClassifier.NGrams ? "n-grams alone; numbers by n-grams and meaning do" : "n-grams and meaning; numbers by n-grams alone do")} not compare with them.");
        Line(text, $"- Checkpoints and learning rates were chosen on the validation split, by one rule; the prompts asked here chose nothing.");
        Line(text, $"- The deviation is over seeds. The intervals over prompts are wider with few prompts: see the CSV before calling a difference one.");
        if (figures.Count > 0)
        {
            IEnumerable<string> images = figures.Select(figure => $"![{Path.GetFileNameWithoutExtension(figure)}]({figure})");
            Line(text, $"\n## Figures\n\n{string.Join("\n\n", images)}");
        }

        return text.ToString();
    }

    private static void Table(
        StringBuilder text,
        IReadOnlyList<MethodSummary> methods,
        IReadOnlyList<(string Metric, string Title)> columns,
        IReadOnlyList<MetricResult> measured,
        int seeds,
        bool withTraining)
    {
        string[] titles =
        [
            "method",
            .. withTraining ? (string[])["learning rate"] : [],
            .. columns.Select(column => column.Title),
            .. withTraining ? (string[])["training, s"] : [],
        ];
        Line(text, $"| {string.Join(" | ", titles)} |\n|{string.Concat(titles.Select(_ => " --- |"))}");
        foreach (MethodSummary method in methods.Where(method => method.Seeds > 0))
        {
            bool isBase = method.Name == ExperimentMethod.Base;
            string diverged = method.Diverged > 0 ? Invariant($" (diverged {method.Diverged} of {method.Seeds})") : "";
            string[] cells =
            [
                method.Name + diverged,
                .. withTraining ? (string[])[isBase ? "" : Invariant($"{method.LearningRate:0.######}")] : [],
                .. columns.Select(column => Cell(method, column.Metric, measured.First(metric => metric.Name == column.Metric).IsShare, isBase ? 1 : seeds)),
                .. withTraining ? (string[])[isBase ? "" : Invariant($"{method.TrainingSeconds:0}")] : [],
            ];
            Line(text, $"| {string.Join(" | ", cells)} |");
        }
    }

    private static string Cell(MethodSummary method, string metric, bool isShare, int seeds)
    {
        if (!method.Metrics.TryGetValue(metric, out MetricSummary? summary) || summary.N == 0)
            return "–";
        (double factor, string format) = isShare ? (100, "0.0") : (1, "0.000");
        string mean = (summary.Mean * factor).ToString(format, CultureInfo.InvariantCulture);
        string deviation = double.IsNaN(summary.Deviation) ? "" : $" ± {(summary.Deviation * factor).ToString(format, CultureInfo.InvariantCulture)}";
        return $"{mean}{deviation}{(isShare ? " %" : "")}{(summary.N < seeds ? Invariant($" (n = {summary.N})") : "")}";
    }

    private static void AppendSuccessive(StringBuilder text, CellResult result)
    {
        double before = result.Successive[0].OrdinaryNegativeLogLikelihood;
        Line(text, $"\n## Runs in a row: {result.Method}\n");
        Line(text, $"Each run goes on from the adapter of the one before and forgets incidents of its own; the first ones are not trained on again.\n");
        Line(text, $"| run | step chosen | harmful, first run's prompts | harmful, its own prompts: before, after | ordinary NLL |\n| --- | --- | --- | --- | --- |");
        foreach (SuccessiveRun run in result.Successive)
        {
            Line(
                text,
                $"| {run.Run} | {run.ChosenStep} | {run.FirstHarmfulRate * 100:0.0} % | {run.CurrentHarmfulRateBefore * 100:0.0} %, {run.CurrentHarmfulRate * 100:0.0} % | {run.OrdinaryNegativeLogLikelihood:0.000} ({((run.OrdinaryNegativeLogLikelihood / before) - 1) * 100:+0.0;-0.0;0.0} %) |");
        }
    }

    private static void AppendTuning(StringBuilder text, IReadOnlyList<MethodSummary> methods)
    {
        MethodSummary[] tuned = [.. methods.Where(method => method.Tuning.Count > 0)];
        if (tuned.Length == 0)
            return;
        Line(text, $"\n## Learning rates\n");
        Line(text, $"The rate with the least score on the validation split was taken: the harmful rate, and ten times what over-refusal and");
        Line(text, $"broken answers rose above their limits.\n");
        Line(text, $"| method | scores | taken |\n| --- | --- | --- |");
        foreach (MethodSummary method in tuned)
        {
            IEnumerable<string> scores = method.Tuning.Select(rate =>
                Invariant($"{rate.LearningRate:0.######}: {rate.Score:0.000}{(rate.DivergedAt is { } step ? Invariant($" (diverged at step {step})") : "")}"));
            string taken = double.IsNaN(method.LearningRate) ? "–" : Invariant($"{method.LearningRate:0.######}");
            Line(text, $"| {method.Name} | {string.Join("; ", scores)} | {taken} |");
        }
    }

    /// <summary>On one line and with its markup disarmed.</summary>
    private static string Plain(string text)
    {
        const string markup = "<>*_`#[]|!\\";
        IEnumerable<string> plain = text.ReplaceLineEndings(" ").Trim()
            .Select(c => markup.Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}");
        return string.Concat(plain);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(Invariant(line)).Append('\n');
}
