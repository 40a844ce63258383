using System.CommandLine;
using System.Text.Json;
using Unlearning.Benchmarks;

namespace Unlearning.Engine.Tests.Benchmarks;

public sealed class TheTableOfBenchmarksIsComplete
{
    [Theory]
    [InlineData("mollm_step_over_gemm", 1.5)]
    [InlineData("mollm_peak_mb", 2000)]
    [InlineData("mollm_bounded_over_gemm", 2.0)]
    [InlineData("mollm_bounded_peak_mb", 1200)]
    [InlineData("decode1_over_llamacpp", 0.6)]
    [InlineData("decode16_over_limit", 2)]
    [InlineData("prefill128_over_llamacpp", 1.9)]
    [InlineData("llama8b_step_over_gemm", 1.6)]
    [InlineData("llama8b_peak_gib", 20)]
    [InlineData("llama8b_q4_peak_gib", 9)]
    [InlineData("chat_while_training_ttft_ratio", 3)]
    public void Every_promised_row_is_there_with_its_goal(string name, double toReach) =>
        Assert.Equal(toReach, Catalogue.Rows.Single(row => row.Name == name).Goal!.Bound);

    [Fact]
    public void Names_are_unique() => Assert.Equal(Catalogue.Rows.Count, Catalogue.Rows.Select(row => row.Name).Distinct().Count());

    [Fact]
    public void The_8B_rows_run_only_when_named()
    {
        Assert.DoesNotContain(Catalogue.Choose(null), row => row.Name.StartsWith("llama8b", StringComparison.Ordinal));
        Assert.Equal(["decode1_over_llamacpp", "llama8b_step_over_gemm", "llama8b_peak_gib", "llama8b_q4_peak_gib"],
            Catalogue.Choose("llama8b_*, decode1_over_llamacpp").Select(row => row.Name));
    }

    [Fact]
    public void Json_has_four_fields_and_null_where_nothing_was_measured()
    {
        Row[] rows = [.. Catalogue.Rows.Take(2)];
        using JsonDocument json = JsonDocument.Parse(Report.Json([(rows[0], new Figure(rows[0].Name, 1.25)), (rows[1], Figure.NotAvailable(rows[1].Name, "why"))]));

        Assert.All(json.RootElement.EnumerateArray(), row =>
            Assert.Equal(["name", "value", "unit", "peer"], row.EnumerateObject().Select(field => field.Name)));
        Assert.Equal(1.25, json.RootElement[0].GetProperty("value").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.RootElement[1].GetProperty("value").ValueKind);
    }

    [Fact]
    public void A_scaled_figure_is_not_judged_and_says_so()
    {
        Row row = Catalogue.Rows.Single(row => row.Name == "llama8b_peak_gib");
        (Row, Figure)[] results = [(row, new Figure(row.Name, 1, "4 of 32 layers", Scaled: true))];

        Assert.Contains("GiB (4 of 32 layers)", Report.Json(results), StringComparison.Ordinal);
        Assert.Contains("| scaled |", Report.Markdown(results), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_name_ends_with_an_error_that_names_it()
    {
        using StringWriter error = new();
        int code = await BenchmarkCommand.Create().Parse(["--filter", "mollm_stp"]).InvokeAsync(new InvocationConfiguration { Error = error });

        Assert.Equal(1, code);
        Assert.Contains("no row is named 'mollm_stp'", error.ToString(), StringComparison.Ordinal);
    }
}
