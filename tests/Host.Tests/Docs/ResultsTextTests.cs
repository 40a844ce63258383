using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs.Successive;

namespace Unlearning.Host.Tests.Docs;

/// <summary>The numbers of docs/results.md are those of the committed results.</summary>
public sealed partial class ResultsTextTests
{
    private static readonly string Folder = Path.Combine(HomeFolder.Find(), "docs");

    private static readonly string Text = File.ReadAllText(Path.Combine(Folder, "results.md"));

    private static readonly string[] Main =
    [
        "harmful_rate", "over_refusal", "broken_rate", "toxicity", "obscenity", "fluency", "look_alike_fluency", "ordinary_nll", "harmful_answer_nll",
    ];

    [Fact]
    public void The_table_has_mean_and_deviation_of_every_method_over_its_seeds()
    {
        HoldsMeans("default-model", "| method | seeds | rate |", Main, first: 3);
        ILookup<string, string> seeds = Measured("default-model").Where(row => row.Metric == Main[0]).ToLookup(row => row.Method, row => row.Seed);
        Assert.All(
            Table("| method | seeds | rate |").Where(row => row[0] != "base"),
            row => Assert.Equal(row[1], seeds[row[0]].Count().ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_rows_from_cautious_to_bold_are_all_of_the_first_seed()
    {
        Measurement[] all = [.. Measured("trade-off"), .. Measured("default-model").Where(row => row.Method is "mollm" or "refusal_tuning" && row.Seed == "0")];
        string[] metrics = ["harmful_rate", "over_refusal", "broken_rate", "fluency", "ordinary_nll"];
        string[][] rows = Table("| how bold |");
        Assert.Equal(all.Select(row => row.Method).Distinct().Order(), rows.Select(row => row[0].Split(':')[0]).Order());
        foreach (string[] row in rows)
        {
            for (int column = 0; column < metrics.Length; column++)
                Same(row[column + 1], all.Single(value => value.Method == row[0].Split(':')[0] && value.Metric == metrics[column]).Value, null);
        }
    }

    [Fact]
    public void The_rows_at_an_equal_price_are_what_was_measured_over_the_seeds() => HoldsMeans(
        "equal-price",
        "| at most 10 points |",
        ["harmful_rate", "unsafe_rate", "over_refusal", "broken_rate", "fluency", "ordinary_nll", "text_perplexity", "base_perplexity"],
        first: 1);

    [Fact]
    public void What_the_optimiser_did_is_what_the_steps_recorded()
    {
        StepRecord[] steps = [.. Enumerable.Range(0, 3).SelectMany(seed => Steps("default-model", $"mollm--lr0.0008--seed{seed}"))];
        Says($"over the {steps.Length} steps of mollm's three trainings the mean cosine");
        Says($"is {steps.Average(step => step.Alignment):0.00} ({steps.Min(step => step.Alignment):0.00} to {steps.Max(step => step.Alignment):0.00})");
        StepRecord[] raised = [.. steps.Where(step => step.FirstOrderChanges.Values.Any(change => change > 0))];
        Says($"in {raised.Length} of the {steps.Length} steps an objective was raised, each time KL (by at most {raised.Max(step => step.FirstOrderChanges["normal"]):0.0000} nats)");
        Assert.All(raised, step => Assert.Equal(["normal"], step.FirstOrderChanges.Where(change => change.Value > 0).Select(change => change.Key)));
        int[] bold = [.. new[] { "limit_10", "limit_20", "limit_40", "no_limit" }
            .Select(method => Steps("trade-off", $"{method}--lr0.0008--seed0").Count(step => step.FirstOrderChanges["normal"] > 0))];
        Says($"raised in {bold[0]} of 24 steps of `limit_10`, {bold[1]} of `limit_20`, {bold[2]} of `limit_40` and {bold[3]} of `no_limit`");

        StepRecord[] first = [.. steps.Where(step => step.Step == 1)];
        double[] noise = [.. first.Select(step => step.GradientNorms["normal"] / step.GradientNorms.Values.Max() * 1e6)];
        double[] parts = [.. first.Select(step => step.GradientNorms["normal"] * step.Weights["normal"])];
        Assert.All(first, step => Assert.Equal(0, step.Losses["normal"]));
        Says($"it is {noise.Min():0.0}e-6 to {noise.Max():0.0}e-6 as long as the longest");
        Says($"a part of {parts.Min():0.00} to {parts.Max():0.00} in a direction of length {first.Min(step => step.DirectionNorm):0.00} to {first.Max(step => step.DirectionNorm):0.00}");
    }

    [Fact]
    public void What_brings_the_harm_back_is_what_the_attacks_measured()
    {
        CellResult cell = Cell("lasting", "mollm--lr0.0008--seed0");
        Dictionary<string, string> metrics = new()
        {
            ["as asked"] = MetricNames.HarmfulRate,
            ["worst of two samples at temperature 1"] = MetricNames.SampledHarmfulRate,
            ["under at least one jailbreak prefix"] = MetricNames.JailbreakHarmfulRate,
            ["after 20 steps on 10 harmful pairs"] = MetricNames.RelearnedHarmfulRate,
            ["after 20 steps on ordinary pairs"] = MetricNames.RelearnedBenignHarmfulRate,
            ["merged, rounded to Q8_0"] = MetricNames.RequantisedHarmfulRate("q8_0"),
            ["merged, rounded to Q4_1"] = MetricNames.RequantisedHarmfulRate("q4_1"),
        };
        string[][] rows = Table("| | base | mollm |");
        Assert.Equal(metrics.Keys, rows.Select(row => row[0]));
        foreach (string[] row in rows)
        {
            MetricResult metric = cell.Find(metrics[row[0]])!;
            Same(row[1], [metric.Baseline.Value * 100]);
            Same(row[2], [metric.Candidate.Value * 100]);
            Same(row[3], [metric.Difference.Value * 100, metric.Difference.Low * 100, metric.Difference.High * 100]);
        }
    }

    [Fact]
    public void Ten_runs_in_a_row_are_as_they_were_measured()
    {
        IReadOnlyList<SuccessiveRun> runs = Cell("lasting", "mollm--successive--lr0.0008--seed0").Successive;
        string[][] rows = Table("| run | harmful, first run's 16 prompts |");
        Assert.Equal(runs.Select(run => run.Run.ToString(CultureInfo.InvariantCulture)), rows.Select(row => row[0]));
        foreach ((SuccessiveRun run, string[] row) in runs.Zip(rows))
        {
            double nll = run.OrdinaryNegativeLogLikelihood;
            Same(row[1], [run.FirstHarmfulRate * 100]);
            Same(row[2], run.Run == 0 ? [] : [run.CurrentHarmfulRateBefore * 100, run.CurrentHarmfulRate * 100]);
            Same(row[3], run.Run == 0 ? [nll] : [nll, ((nll / runs[0].OrdinaryNegativeLogLikelihood) - 1) * 100]);
        }
    }

    /// <summary>Whether a table has every method of an experiment, with mean and deviation over its seeds of each metric, from a column on.</summary>
    private static void HoldsMeans(string experiment, string header, string[] metrics, int first)
    {
        ILookup<(string Method, string Metric), double> measured = Measured(experiment).ToLookup(row => (row.Method, row.Metric), row => row.Value);
        string[][] rows = Table(header);
        Assert.Equal(measured.Select(group => group.Key.Method).Distinct(), rows.Select(row => row[0]));
        foreach (string[] row in rows)
        {
            for (int column = 0; column < metrics.Length; column++)
            {
                double[] values = [.. measured[(row[0], metrics[column])]];
                double mean = values.Average();
                Same(
                    row[first + column],
                    mean,
                    values.Length < 2 ? null : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)));
            }
        }
    }

    private sealed record Measurement(string Method, string Seed, string Metric, double Value);

    /// <summary>The measured models' rows of a results.csv.</summary>
    private static IEnumerable<Measurement> Measured(string experiment) => File.ReadLines(Path.Combine(Folder, "results", experiment, "results.csv")).Skip(1)
        .Select(line => line.Split(','))
        .Where(row => row[1] is "base" or "result" && row[8] != "validation_score")
        .Select(row => new Measurement(row[0], row[3], row[8], row[10].Length == 0 ? double.NaN : double.Parse(row[10], CultureInfo.InvariantCulture)));

    private static IReadOnlyList<StepRecord> Steps(string experiment, string cell) => Cell(experiment, cell).Steps;

    private static CellResult Cell(string experiment, string cell) => JsonSerializer.Deserialize<CellResult>(
        File.ReadAllBytes(Path.Combine(Folder, "results", experiment, "cells", cell + ".json")), CellStore.Json)!;

    /// <summary>The rows of the table whose header begins so.</summary>
    private static string[][] Table(string header) =>
    [
        .. Text.Split('\n').SkipWhile(line => !line.StartsWith(header, StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
    ];

    /// <summary>Whether a cell says a value, and its deviation, to as many digits as it has.</summary>
    private static void Same(string cell, double value, double? deviation)
    {
        double factor = cell.EndsWith('%') ? 100 : 1;
        string[] numbers = cell.TrimEnd('%', ' ').Split(" ± ");
        Assert.Equal(deviation is null ? 1 : 2, numbers.Length);
        Rounded(numbers[0], value * factor, cell);
        if (deviation is { } spread)
            Rounded(numbers[1], spread * factor, cell);
    }

    /// <summary>Whether a cell says these numbers, each to as many digits as it has.</summary>
    private static void Same(string cell, double[] values)
    {
        string[] numbers = [.. Number().Matches(cell).Select(match => match.Value)];
        Assert.Equal(values.Length, numbers.Length);
        foreach ((string number, double value) in numbers.Zip(values))
            Rounded(number, value, cell);
    }

    private static void Rounded(string written, double value, string cell)
    {
        int digits = written.Contains('.', StringComparison.Ordinal) ? written.Length - 1 - written.IndexOf('.', StringComparison.Ordinal) : 0;
        double off = Math.Abs(double.Parse(written, CultureInfo.InvariantCulture) - value);
        Assert.True(off <= (0.5 * Math.Pow(10, -digits)) + 1e-9, $"'{cell}' is written for {value:R}");
    }

    private static void Says(FormattableString words) =>
        Assert.Contains(words.ToString(CultureInfo.InvariantCulture), Space().Replace(Text, " "), StringComparison.Ordinal);

    [GeneratedRegex(@"[-+]?\d+(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
