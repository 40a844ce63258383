using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Reports;

/// <summary>Bars of every metric before and after, with their intervals, as one PNG file.</summary>
public static class ComparisonPlot
{
    private static readonly (string Metric, string Label)[] _shares =
    [
        (MetricNames.HarmfulRate, "harmful"),
        (MetricNames.RefusalRate, "refused"),
        (MetricNames.OverRefusal, "over-refusal"),
        (MetricNames.BrokenRate, "broken"),
        (MetricNames.ToxicShare, "toxic"),
        (MetricNames.ObsceneShare, "obscene"),
    ];

    private static readonly (string Metric, string Label)[] _levels =
    [
        (MetricNames.Fluency, "fluency,\nharmful (bits)"),
        (MetricNames.LookAlikeFluency, "fluency, look-\nalikes (bits)"),
        (MetricNames.OrdinaryNll, "ordinary NLL\n(nats/token)"),
        (MetricNames.HarmfulAnswerNll, "harmful NLL\n(nats/token)"),
    ];

    /// <summary>Writes the plot.</summary>
    /// <param name="report">The evaluation; metrics without a number are left out.</param>
    /// <param name="path">The PNG file to write; an existing one is replaced.</param>
    public static void Save(EvaluationReport report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        Multiplot multiplot = new();
        multiplot.AddPlots(2);
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Columns();
        Fill(multiplot.GetPlot(0), report, _shares, 100, "Share of answers (%)", "0");
        Fill(multiplot.GetPlot(1), report, _levels, 1, "Mean", "0.00");
        multiplot.GetPlot(0).Title($"Before and after, with {ConfidenceLevel.Show(report.Confidence)} intervals");
        multiplot.GetPlot(0).Axes.SetLimitsY(0, 108);
        multiplot.GetPlot(0).Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericFixedInterval(20);
        multiplot.GetPlot(1).Title($"Means, with {ConfidenceLevel.Show(report.Confidence)} intervals");
        multiplot.SavePng(path, PlotStyle.Width, PlotStyle.Height);
    }

    private static void Fill(
        Plot plot, EvaluationReport report, (string Metric, string Label)[] wanted, double factor, string axis, string format)
    {
        (MetricResult Metric, string Label)[] shown =
        [
            .. wanted
                .Select(entry => (Metric: report.Find(entry.Metric), entry.Label))
                .Where(entry => entry.Metric is not null && IsMeasured(entry.Metric))
                .Select(entry => (entry.Metric!, entry.Label)),
        ];
        Add(plot, "before", [.. shown.Select(entry => entry.Metric.Baseline)], -0.2, 0, factor, format);
        Add(plot, "after", [.. shown.Select(entry => entry.Metric.Candidate)], 0.2, 1, factor, format);
        plot.Axes.Bottom.SetTicks(
            [.. Enumerable.Range(0, shown.Length).Select(index => (double)index)], [.. shown.Select(entry => entry.Label)]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.YLabel(axis);
        plot.HideGrid();
        plot.Legend.Alignment = Alignment.UpperRight;
        plot.ShowLegend();
        PlotStyle.Finish(plot);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 12;
        double highest = shown
            .SelectMany(entry => (double[])[entry.Metric.Baseline.High, entry.Metric.Candidate.High])
            .Where(double.IsFinite)
            .DefaultIfEmpty(1)
            .Max();
        plot.Axes.SetLimits(-0.6, Math.Max(0.6, shown.Length - 0.4), 0, highest * factor * 1.2);
    }

    private static bool IsMeasured(MetricResult metric) =>
        double.IsFinite(metric.Baseline.Value) && double.IsFinite(metric.Candidate.Value);

    private static void Add(Plot plot, string name, Estimate[] estimates, double offset, int colour, double factor, string format)
    {
        for (int i = 0; i < estimates.Length; i++)
        {
            Estimate estimate = estimates[i];
            BarPlot bars = plot.Add.Bar(position: i + offset, value: estimate.Value * factor);
            Bar bar = bars.Bars.Single();
            bar.FillColor = PlotStyle.Colour(colour).WithAlpha(colour == 0 ? 0.45 : 0.9);
            bar.LineColor = PlotStyle.Colour(colour);
            bar.Size = 0.36;
            if (i == 0)
            {
                bars.LegendText = name;
            }

            double high = double.IsFinite(estimate.High) ? estimate.High : estimate.Value;
            double low = double.IsFinite(estimate.Low) ? estimate.Low : estimate.Value;
            Coordinates[] ends = [new(i + offset, low * factor), new(i + offset, high * factor)];
            plot.Add.ScatterLine(ends, Colors.Black).LineWidth = 1.5f;
            foreach (Coordinates end in ends)
            {
                plot.Add.Line(end.X - 0.06, end.Y, end.X + 0.06, end.Y).Color = Colors.Black;
            }

            Text value = plot.Add.Text((estimate.Value * factor).ToString(format, CultureInfo.InvariantCulture), i + offset, high * factor);
            value.LabelFontName = BundledFont.Name;
            value.LabelFontSize = 12;
            value.LabelAlignment = Alignment.LowerCenter;
            value.OffsetY = -3;
        }
    }
}
