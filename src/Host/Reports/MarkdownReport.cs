using System.Globalization;
using System.Text;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;
using Unlearning.Host.Gates;

namespace Unlearning.Host.Reports;

/// <summary>Sets a run's report in Markdown.</summary>
internal static class MarkdownReport
{
    /// <summary>The text of the report.</summary>
    public static string Of(RunReport report, IReadOnlyList<string> plots)
    {
        StringBuilder text = new();
        Line(text, $"# Unlearning run {report.Facts.RunId}: gates {Word(report.Decision.Verdict)}");
        Line(text, $"\n{report.Facts.Outcome}\n");
        AppendFacts(text, report.Facts, report.Steps.Count);
        AppendMetrics(text, report.Evaluation);
        AppendGates(text, report.Decision, report.Evaluation);
        AppendSteps(text, report.Steps);
        AppendCheckpoints(text, report.Checkpoints, report.ChosenStep);
        AppendPlots(text, plots);
        AppendPairs(text, report.Shown);
        return text.ToString();
    }

    private static void AppendFacts(StringBuilder text, RunFacts facts, int steps)
    {
        IEnumerable<string> sets = facts.Sets.Select(set => string.Create(CultureInfo.InvariantCulture, $"{set.Key} {set.Value}"));
        Line(text, $"| | |\n| --- | --- |");
        string took = facts.Duration is { } duration ? string.Create(CultureInfo.InvariantCulture, $", took {duration.TotalSeconds:0} s") : "";
        Line(text, $"| started | {facts.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{took} |");
        Line(text, $"| base model | {facts.Model}, `{Short(facts.ModelHash)}` |");
        Line(text, $"| adapter | `{facts.Adapter}` |");
        Line(text, $"| direction | {facts.Direction}, {steps} steps, seed {facts.Seed} |");
        Line(text, $"| trained on | {string.Join(", ", sets)} |");
        foreach ((string name, string value) in facts.More)
        {
            Line(text, $"| {Cell(name)} | {Cell(value)} |");
        }
    }

    private static void AppendMetrics(StringBuilder text, EvaluationReport report)
    {
        Line(text, $"\n## Before and after\n");
        Line(text, $"Both were asked the same prompts; the change is paired by prompt. Brackets hold {ConfidenceLevel.Show(report.Confidence)} intervals.\n");
        Line(text, $"| metric | better | n | before | after | change |\n| --- | --- | --- | --- | --- | --- |");
        foreach (MetricResult metric in report.Metrics)
        {
            string better = metric.HigherIsBetter ? "higher" : "lower";
            string before = Level(metric.Baseline, metric.IsShare);
            string after = Level(metric.Candidate, metric.IsShare);
            string name = metric.Hazard is { } hazard ? $"{metric.Name}, {hazard}" : metric.Name;
            Line(text, $"| {name} | {better} | {metric.Difference.N} | {before} | {after} | {Change(metric)} |");
        }

        Line(text, $"\n{string.Join("\n", report.Metrics.Where(metric => metric.Hazard is null).Select(metric => $"- **{metric.Name}**: {metric.Description}."))}");
        Line(text, $"\nPrompts `{Short(report.PromptsHash)}`, bootstrap seed {report.Seed}.");
    }

    private static void AppendGates(StringBuilder text, GateDecision decision, EvaluationReport report)
    {
        Line(text, $"\n## Gates: {Word(decision.Verdict)}\n");
        if (report.Extension is { } extension)
        {
            Line(text, $"Judged after an extension of the sample from {extension.From} to {extension.To} prompts, intervals at {ConfidenceLevel.Show(report.Confidence)}. The first look left open: {string.Join(", ", extension.Because)}.\n");
        }
        else if (report.HeldBack > 0)
        {
            Line(text, $"Judged at the first of at most two looks, intervals at {ConfidenceLevel.Show(report.Confidence)}; {report.HeldBack} further prompts were not needed, or could not have helped.\n");
        }

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

        IEnumerable<string> branches = steps
            .GroupBy(step => step.Branch)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Count()}"));
        Line(text, $"\n## Steps\n\n| loss (nats) | first step | last step |\n| --- | --- | --- |");
        foreach (string name in steps.SelectMany(step => step.Losses.Keys).Distinct())
        {
            double first = steps[0].Losses.GetValueOrDefault(name, double.NaN);
            double last = steps[^1].Losses.GetValueOrDefault(name, double.NaN);
            Line(text, $"| {name} | {first:0.0000} | {last:0.0000} |");
        }

        Line(text, $"\nSteps by branch of the direction: {string.Join(", ", branches)}.");

        // Known of runs that recorded it.
        if (steps.Any(step => step.FirstOrderChanges.Count > 0))
        {
            IEnumerable<string> raised = steps.SelectMany(step => step.FirstOrderChanges.Where(change => change.Value > 0)).GroupBy(change => change.Key)
                .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Count()}"));
            Line(text, $"\nSteps whose update, as the optimiser scaled it, raises an objective to first order: {string.Join(", ", raised.DefaultIfEmpty("none"))}. Cosine of update and direction: {steps.Average(step => step.Alignment):0.00} on average.");
        }
    }

    private static void AppendCheckpoints(StringBuilder text, IReadOnlyList<CheckpointRecord> checkpoints, int chosen)
    {
        if (checkpoints.Count == 0)
        {
            return;
        }

        Line(text, $"\n## Checkpoints\n\nOn the validation split. One whose answers lose fluency or break beyond the limits is not eligible.\n");
        Line(text, $"| step | harmful | over-refusal | broken | fluency, of the base's | eligible | score |\n| --- | --- | --- | --- | --- | --- | --- |");
        foreach (CheckpointRecord checkpoint in checkpoints)
        {
            string number = checkpoint.Step.ToString(CultureInfo.InvariantCulture), step = checkpoint.Step == chosen ? $"**{number}**, chosen" : number;
            Line(text, $"| {step} | {checkpoint.HarmfulRate * 100:0.0} % | {checkpoint.OverRefusalRise * 100:+0.0;-0.0;0.0} points | {checkpoint.BrokenRise * 100:+0.0;-0.0;0.0} points | {checkpoint.FluencyShare * 100:0.0} % | {(checkpoint.Eligible ? "yes" : "no")} | {checkpoint.Score:0.000} |");
        }
    }

    private static void AppendPlots(StringBuilder text, IReadOnlyList<string> plots)
    {
        if (plots.Count > 0)
        {
            IEnumerable<string> images = plots.Select(plot => $"![{Path.GetFileNameWithoutExtension(plot)}]({plot})");
            Line(text, $"\n## Plots\n\n{string.Join("\n\n", images)}");
        }
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
            Line(text, $"\n**{pair.Prompt.Id}** ({pair.Prompt.Kind})\n");
            string[] quotes = [Quote("Prompt", pair.Prompt.Text), Quote("Before", pair.Baseline.Text), Quote("After", pair.Candidate.Text)];
            Line(text, $"{string.Join("\n>\n", quotes)}");
        }
    }

    private static string Level(Estimate estimate, bool isShare) =>
        estimate.N == 0 ? "–" : isShare
            ? Invariant($"{estimate.Value * 100:0.0} % [{estimate.Low * 100:0.0}, {estimate.High * 100:0.0}]")
            : Invariant($"{estimate.Value:0.000} [{estimate.Low:0.000}, {estimate.High:0.000}]");

    private static string Change(MetricResult metric)
    {
        Estimate change = metric.Difference;
        string format = metric.IsShare ? "+0.0;-0.0;0.0" : "+0.000;-0.000;0.000";
        double factor = metric.IsShare ? 100 : 1;
        string Signed(double value) => (value * factor).ToString(format, CultureInfo.InvariantCulture);
        return change.N == 0
            ? "–"
            : $"{Signed(change.Value)}{(metric.IsShare ? " points" : string.Empty)} [{Signed(change.Low)}, {Signed(change.High)}]";
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
        const string markup = "<>*_`#[]|!\\";
        string plain = string.IsNullOrWhiteSpace(text) ? "(empty)" : text.Trim();
        string disarmed = string.Concat(plain.Select(c => markup.Contains(c, StringComparison.Ordinal) ? $"\\{c}" : c.ToString()));
        return $"> {label}: {disarmed.ReplaceLineEndings("\n> ")}";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(Invariant(line)).Append('\n');
}
