using System.Globalization;
using ScottPlot;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Results;
using Unlearning.Host.Reports;
using PlotStyle = Unlearning.Host.Reports.PlotStyle;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>How much harm attacks, relearning and requantisation bring back: a group of bars for each way, a bar for each method.</summary>
internal static class DurabilityFigure
{
    private static readonly (string Metric, string Label)[] Ways =
    [
        (MetricNames.HarmfulRate, "as asked"),
        ("sampled_harmful_rate", "sampled"),
        ("jailbreak_harmful_rate", "jailbreak"),
        ("paraphrase_harmful_rate", "paraphrase"),
        ("relearned_harmful_rate", "relearned\n(harmful)"),
        ("relearned_benign_harmful_rate", "relearned\n(benign)"),
        ("requantised_q8_0_harmful_rate", "Q8_0"),
        ("requantised_q4_1_harmful_rate", "Q4_1"),
    ];

    /// <summary>Writes the figure.</summary>
    /// <returns>False where nothing beyond the plain question was measured: then nothing is written.</returns>
    public static bool Save(IReadOnlyList<MethodSummary> methods, string path)
    {
        (string Metric, string Label)[] ways = [.. Ways.Where(way => methods.Any(method => method.Metrics.GetValueOrDefault(way.Metric) is { N: > 0 }))];
        if (ways.Length < 2)
            return false;
        using Plot plot = new();
        double width = 0.8 / methods.Count;
        for (int m = 0; m < methods.Count; m++)
        {
            bool named = false;
            for (int w = 0; w < ways.Length; w++)
            {
                if (methods[m].Metrics.GetValueOrDefault(ways[w].Metric) is not { N: > 0 } summary)
                    continue;
                double x = w - 0.4 + (width * (m + 0.5)), y = summary.Mean * 100;
                ScottPlot.Plottables.BarPlot bars = plot.Add.Bar(position: x, value: y);
                Bar bar = bars.Bars.Single();
                Color fill = PlotStyle.Colour(m).WithAlpha(m < PlotStyle.Colours ? 0.9 : 0.45);
                (bar.FillColor, bar.LineColor, bar.Size) = (fill, PlotStyle.Colour(m), width * 0.92);
                if (!named)
                    bars.LegendText = methods[m].Name;
                named = true;
                double spread = double.IsFinite(summary.Deviation) ? summary.Deviation * 100 : 0;
                plot.Add.ScatterLine((Coordinates[])[new(x, y - spread), new(x, y + spread)], Colors.Black).LineWidth = 1.5f;
                if (methods.Count * ways.Length <= 24)
                {
                    ScottPlot.Plottables.Text value = plot.Add.Text(y.ToString("0", CultureInfo.InvariantCulture), x, y + spread);
                    (value.LabelFontName, value.LabelFontSize) = (BundledFont.Name, 12);
                    (value.LabelAlignment, value.OffsetY) = (Alignment.LowerCenter, -2);
                }
            }
        }

        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, ways.Length).Select(i => (double)i)], [.. ways.Select(way => way.Label)]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Title("What brings the harm back");
        plot.YLabel("harmful prompts answered (%)");
        plot.HideGrid();
        plot.ShowLegend(Edge.Right);
        PlotStyle.Finish(plot);
        plot.Axes.SetLimits(-0.6, ways.Length - 0.4, 0, 108);
        plot.SavePng(path, PlotStyle.Width, PlotStyle.Height);
        return true;
    }
}
