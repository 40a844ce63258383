using System.Globalization;
using System.Text.Json;
using CsCheck;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Figures;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Experiments.Results;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Experiments;

public sealed class ResultsTests : IDisposable
{
    private static readonly ExperimentRecipe Recipe = ExperimentRecipeReader.Read(
        """
        name: test
        description: "A | table | breaker\nwith lines"
        seeds: [1, 2]
        methods:
          mollm: {description: the <b>method</b>}
          ga: {}
        """,
        "a.yaml");

    private static readonly CellResult[] Results =
    [
        Cells.Base(),
        Cells.Tuning("mollm", 1e-4, 0.7), Cells.Tuning("mollm", 1e-3, 0.4),
        Cells.Result("mollm", 1, 0.4), Cells.Result("mollm", 2, 0.6),
        Cells.Result("ga", 1, 0.2, divergedAt: 5), Cells.Result("ga", 2, 0.2),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Mean_and_sample_deviation_over_the_numbers_that_there_are()
    {
        Assert.Equal(new MetricSummary(2, 1, 3), MetricSummary.Of([1, 2, 3]));
        Assert.Equal(new MetricSummary(4, double.NaN, 1), MetricSummary.Of([4, double.NaN]));
        Assert.Equal(new MetricSummary(double.NaN, double.NaN, 0), MetricSummary.Of([double.PositiveInfinity]));
    }

    [Fact]
    public void The_deviation_does_not_feel_a_shift_and_scales_with_the_values() =>
        Gen.Select(Gen.Double[-5, 5].Array[2, 8], Gen.Double[-10, 10], Gen.Double[0.1, 10]).Sample((values, shift, scale) =>
        {
            MetricSummary plain = MetricSummary.Of(values), moved = MetricSummary.Of(values.Select(value => (value * scale) + shift));
            Assert.Equal(plain.Deviation * scale, moved.Deviation, 9);
            Assert.Equal((plain.Mean * scale) + shift, moved.Mean, 9);
        });

    [Fact]
    public void The_table_has_a_row_for_every_cell_and_metric_with_as_many_fields_as_the_header()
    {
        string[] rows = ResultsCsv.Of(Results).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int fields = rows[0].Split(',').Length;
        Assert.All(rows, row => Assert.Equal(fields, row.Split(',').Length));

        // Five metrics of which one was not measured, and the score of what was trained.
        Assert.Equal(1 + 4 + 2 + (4 * 5), rows.Length);
        Assert.Contains("mollm,result,0.001,1,4,,12.3,5.7,harmful_rate,40,0.4,0.30000000000000004,0.5,-0.5,-0.6,-0.4", rows);
        Assert.Contains("ga,result,0.001,1,4,5,12.3,5.7,validation_score,,0.2,,,,,", rows);
        Assert.StartsWith("base,base,,,,,", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_perplexity_of_a_text_is_a_column_where_it_was_measured()
    {
        CellResult[] results = [.. Results.Select(result => result with
        {
            Metrics = [.. result.Metrics, .. result.Metrics.Where(metric => metric.Name == MetricNames.OrdinaryNll).Select(metric => metric with { Name = MetricNames.TextPerplexity })],
        })];
        Assert.Contains("`text_perplexity` ↓", ResultsMarkdown.Of(Recipe, "m", results, []), StringComparison.Ordinal);
        Assert.DoesNotContain("text_perplexity", ResultsMarkdown.Of(Recipe, "m", Results, []), StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_in_a_row_are_a_table_and_rows_of_their_own_and_no_training_of_the_method()
    {
        CellResult[] results = [.. Results, Cells.Successive("mollm")];
        string report = ResultsMarkdown.Of(Recipe, "m", results, []);
        Assert.Contains("| 2 | 8 | 25.0 % | 87.5 %, 75.0 % | 2.970 (-1.0 %) |", report, StringComparison.Ordinal);
        Assert.Contains("4 of 4 trainings are done.", report, StringComparison.Ordinal);
        Assert.Equal(2, MethodSummary.Of(results).Single(method => method.Name == "mollm").Seeds);
        string[] rows = ResultsCsv.Of(results).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(9, rows.Count(row => row.StartsWith("mollm,successive,", StringComparison.Ordinal)));
        Assert.All(rows, row => Assert.Equal(rows[0].Split(',').Length, row.Split(',').Length));
        Assert.True(SuccessiveFigure.Save(["mollm"], results, Path.Combine(_folder.Path, "successive.png")));
        Assert.False(SuccessiveFigure.Save(["mollm"], Results, Path.Combine(_folder.Path, "none.png")));
    }

    [Fact]
    public void The_report_has_means_rates_and_what_diverged_whatever_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture.Clone() is CultureInfo { NumberFormat: var numbers } commas
            && (numbers.NumberDecimalSeparator = ",") == "," ? commas : before;
        try
        {
            string text = ResultsMarkdown.Of(Recipe, "model", Results, ["figures/harm-utility.png"]);
            Assert.Contains("| mollm | 0.001 | 50.0 ± 14.1 % |", text, StringComparison.Ordinal);
            Assert.Contains("| ga (diverged 1 of 2) | 0.001 | 20.0 ± 0.0 % |", text, StringComparison.Ordinal);
            Assert.Contains("| base |  | 90.0 % |", text, StringComparison.Ordinal);
            Assert.Contains("| mollm | 0.0001: 0.700; 0.001: 0.400 | 0.001 |", text, StringComparison.Ordinal);
            Assert.Contains("`sampled_harmful_rate` ↓", text, StringComparison.Ordinal);
            Assert.Contains(@"A \| table \| breaker with lines", text, StringComparison.Ordinal);
            Assert.Contains(@"\<b\>method", text, StringComparison.Ordinal);
            Assert.Contains("![harm-utility](figures/harm-utility.png)", text, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_rate_of_unsafe_answers_is_a_column_where_it_was_measured_and_none_where_it_was_not()
    {
        const string title = "| unsafe ↓ |";
        Assert.DoesNotContain(title, ResultsMarkdown.Of(Recipe, "m", Results, []), StringComparison.Ordinal);
        CellResult[] measured = [.. Results.Select(result => result.Metrics.Count == 0 ? result : result with
        {
            Metrics = [.. result.Metrics, result.Metrics[0] with { Name = MetricNames.UnsafeRate }],
        })];
        string text = ResultsMarkdown.Of(Recipe, "m", measured, []);
        Assert.Contains($"| harmful ↓ {title} over-refusal ↓ |", text, StringComparison.Ordinal);
        Assert.Contains("| mollm | 0.001 | 50.0 ± 14.1 % | 50.0 ± 14.1 % |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_is_written_and_every_figure_of_the_report_is_there()
    {
        ExperimentReport.Save(_folder.Path, Recipe, "model", Results);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.Path, "results.json")));
        JsonElement mollm = json.RootElement.GetProperty("methods").EnumerateArray().Single(method => method.GetProperty("name").GetString() == "mollm");
        Assert.Equal(0.5, mollm.GetProperty("metrics").GetProperty(MetricNames.HarmfulRate).GetProperty("mean").GetDouble(), 12);
        Assert.Equal(Results.Length, json.RootElement.GetProperty("cells").GetArrayLength());

        string report = File.ReadAllText(Path.Combine(_folder.Path, "results.md"));
        string[] figures =
        [
            "harm-utility", "durability", "gradient-norms", "dual-cone", "ce-uce",
            "losses-mollm", "cosines-mollm", "losses-ga", "cosines-ga",
        ];
        Assert.All(figures, figure =>
        {
            Assert.Contains($"(figures/{figure}.png)", report, StringComparison.Ordinal);
            byte[] bytes = File.ReadAllBytes(Path.Combine(_folder.Path, "figures", $"{figure}.png"));
            Assert.Equal("PNG"u8, bytes.AsSpan(1, 3));
        });
    }

    [Fact]
    public void A_report_of_the_base_alone_is_one()
    {
        ExperimentReport.Save(_folder.Path, Recipe, "model", [Cells.Base()]);
        Assert.Contains("0 of 4 trainings are done", File.ReadAllText(Path.Combine(_folder.Path, "results.md")), StringComparison.Ordinal);
    }
}
