using System.Globalization;
using System.Text;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Gates;

namespace Unlearning.Host.Reports;

/// <summary>
/// Writes the report of a run: <c>report.md</c> and the plots beside it. The report holds no answer text unless the caller hands in
/// pairs to show.
/// </summary>
public static class RunReport
{
    /// <summary>The report's file name.</summary>
    public const string FileName = "report.md";

    /// <summary>Writes <c>report.md</c>, <c>losses.png</c>, <c>cosines.png</c> and <c>before-after.png</c> into a folder.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="facts">About the run.</param>
    /// <param name="report">The gate evaluation.</param>
    /// <param name="decision">The gates' decision about it.</param>
    /// <param name="steps">The steps; without any, their plots are left out.</param>
    /// <param name="shown">Answer pairs to print, see <see cref="ShownPairs"/>; often none.</param>
    /// <returns>The paths of the files, the report first.</returns>
    public static IReadOnlyList<string> Save(
        string folder, RunFacts facts, EvaluationReport report, GateDecision decision, IReadOnlyList<StepRecord> steps, IReadOnlyList<AnswerPair> shown)
    {
        ArgumentNullException.ThrowIfNull(steps);
        List<string> plots = [];
        void Plot(string name, Action<string> save)
        {
            save(Path.Combine(folder, name));
            plots.Add(name);
        }

        Plot("before-after.png", path => ComparisonPlot.Save(report, path));
        if (steps.Count > 0)
        {
            Plot("losses.png", path => StepPlots.SaveLosses(steps, path));
            if (steps.Any(step => step.Cosines.Count > 0))
            {
                Plot("cosines.png", path => StepPlots.SaveCosines(steps, path));
            }
        }

        string file = Path.Combine(folder, FileName);
        File.WriteAllText(file, Markdown(facts, report, decision, steps, shown, plots));
        return [file, .. plots.Select(name => Path.Combine(folder, name))];
    }

    /// <summary>The report's text. Pure: the same arguments give the same text on every machine.</summary>
    public static string Markdown(
        RunFacts facts, EvaluationReport report, GateDecision decision, IReadOnlyList<StepRecord> steps, IReadOnlyList<AnswerPair> shown, IReadOnlyList<string> plots)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(shown);
        ArgumentNullException.ThrowIfNull(plots);
        StringBuilder text = new();
        Line(text, $"# Unlearning run {facts.RunId}: gates {Word(decision.Verdict)}");
        Line(text, $"\n{facts.Outcome}\n");
        AppendFacts(text, facts, steps);
        AppendMetrics(text, report);
        AppendGates(text, decision);
        AppendSteps(text, steps);
        if (plots.Count > 0)
        {
            Line(text, $"\n## Plots\n");
            Line(text, $"{string.Join("\n\n", plots.Select(plot => $"![{Path.GetFileNameWithoutExtension(plot)}]({plot})"))}");
        }

        AppendPairs(text, shown);
        return text.ToString();
    }

    private static void AppendFacts(StringBuilder text, RunFacts facts, IReadOnlyList<StepRecord> steps)
    {
        Line(text, $"| | |\n| --- | --- |");
        Line(text, $"| started | {facts.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, took {facts.Duration.TotalSeconds:0} s |");
        Line(text, $"| base model | {facts.Model}, `{Short(facts.ModelHash)}` |");
        Line(text, $"| adapter | `{facts.Adapter}` |");
        Line(text, $"| direction | {facts.Direction}, {steps.Count} steps, seed {facts.Seed} |");
        Line(text, $"| trained on | {string.Join(", ", facts.Sets.Select(set => string.Create(CultureInfo.InvariantCulture, $"{set.Key} {set.Value}")))} |");
        foreach ((string name, string value) in facts.More)
        {
            Line(text, $"| {Cell(name)} | {Cell(value)} |");
        }
    }

    private static void AppendMetrics(StringBuilder text, EvaluationReport report)
    {
        Line(text, $"\n## Before and after\n");
        Line(text, $"Both were asked the same prompts; the change is paired by prompt. Brackets hold 95 % intervals.\n");
        Line(text, $"| metric | better | n | before | after | change |\n| --- | --- | --- | --- | --- | --- |");
        foreach (MetricResult metric in report.Metrics)
        {
            string better = metric.HigherIsBetter ? "higher" : "lower";
            Line(text, $"| {metric.Name} | {better} | {metric.Difference.N} | {Show(metric.Baseline, metric.IsShare)} | {Show(metric.Candidate, metric.IsShare)} | {ShowChange(metric)} |");
        }

        Line(text, $"\n{string.Join("\n", report.Metrics.Select(metric => $"- **{metric.Name}**: {metric.Description}."))}");
        Line(text, $"\nPrompts `{Short(report.PromptsHash)}`, bootstrap seed {report.Seed}.");
    }

    private static void AppendGates(StringBuilder text, GateDecision decision)
    {
        Line(text, $"\n## Gates: {Word(decision.Verdict)}\n");
        foreach (GateVerdict gate in decision.Gates)
        {
            Line(text, $"- {Mark(gate.Verdict)} {gate.Sentence}");
        }

        if (decision.Gates.Count == 0)
        {
            Line(text, $"No gate is configured; without one nothing is promoted.");
        }
    }

    private static void AppendSteps(StringBuilder text, IReadOnlyList<StepRecord> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        string branches = string.Join(", ", steps.GroupBy(step => step.Branch).Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Count()}")));
        Line(text, $"\n## Steps\n\n| loss | first step | last step |\n| --- | --- | --- |");
        foreach (string name in steps.SelectMany(step => step.Losses.Keys).Distinct())
        {
            Line(text, $"| {name} (nats/token) | {steps[0].Losses.GetValueOrDefault(name, double.NaN):0.0000} | {steps[^1].Losses.GetValueOrDefault(name, double.NaN):0.0000} |");
        }

        Line(text, $"\nSteps by branch of the direction: {branches}.");
    }

    private static void AppendPairs(StringBuilder text, IReadOnlyList<AnswerPair> shown)
    {
        if (shown.Count == 0)
        {
            return;
        }

        Line(text, $"\n## Answers before and after\n\nTaken by their place in the prompt file, not by their content.");
        foreach (AnswerPair pair in shown)
        {
            Line(text, $"\n**{pair.Prompt.Id}** ({pair.Prompt.Kind})\n\n{Quote("Prompt", pair.Prompt.Text)}\n>\n{Quote("Before", pair.Baseline.Text)}\n>\n{Quote("After", pair.Candidate.Text)}");
        }
    }

    private static string Show(Estimate estimate, bool isShare)
    {
        if (estimate.N == 0)
        {
            return "–";
        }

        return isShare
            ? string.Create(CultureInfo.InvariantCulture, $"{estimate.Value * 100:0.0} % [{estimate.Low * 100:0.0}, {estimate.High * 100:0.0}]")
            : string.Create(CultureInfo.InvariantCulture, $"{estimate.Value:0.000} [{estimate.Low:0.000}, {estimate.High:0.000}]");
    }

    private static string ShowChange(MetricResult metric)
    {
        Estimate change = metric.Difference;
        if (change.N == 0)
        {
            return "–";
        }

        return metric.IsShare
            ? string.Create(CultureInfo.InvariantCulture, $"{change.Value * 100:+0.0;-0.0;0.0} points [{change.Low * 100:+0.0;-0.0;0.0}, {change.High * 100:+0.0;-0.0;0.0}]")
            : string.Create(CultureInfo.InvariantCulture, $"{change.Value:+0.000;-0.000;0.000} [{change.Low:+0.000;-0.000;0.000}, {change.High:+0.000;-0.000;0.000}]");
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "passed",
        Verdict.Fail => "failed",
        _ => "inconclusive",
    };

    private static string Mark(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "✓",
        Verdict.Fail => "✗",
        _ => "?",
    };

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;

    private static string Cell(string value) => value.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    /// <summary>Quoted line by line and with its markup disarmed: an answer is shown, never rendered.</summary>
    private static string Quote(string label, string text)
    {
        string plain = string.IsNullOrWhiteSpace(text) ? "(empty)" : text.Trim();
        string disarmed = string.Concat(plain.Select(c => c is '<' or '>' or '*' or '_' or '`' or '#' or '[' or ']' or '|' or '!' or '\\' ? $"\\{c}" : c.ToString()));
        return $"> {label}: {disarmed.ReplaceLineEndings("\n> ")}";
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
