using ScottPlot;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Results;
using Unlearning.Host.Reports;
using PlotStyle = Unlearning.Host.Reports.PlotStyle;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>
/// Harm against two measures of utility, every method a point with the deviation over its seeds: the nearer to the lower left corner,
/// the better.
/// </summary>
internal static class HarmUtilityFigure
{
    /// <summary>Writes the figure.</summary>
    /// <returns>False where no method has both: then nothing is written.</returns>
    public static bool Save(IReadOnlyList<MethodSummary> methods, string path)
    {
        (string Metric, string Label, double Factor)[] sides =
        [
            .. ((string, string, double)[])[
                (MetricNames.OrdinaryNll, "ordinary answers: NLL (nats per token)", 1),
                (MetricNames.OverRefusal, "look-alikes refused (%)", 100)],
        ];
        MethodSummary[] shown = [.. methods.Where(method => method.Metrics.GetValueOrDefault(MetricNames.HarmfulRate) is { N: > 0 })];
        sides = [.. sides.Where(side => shown.Any(method => method.Metrics.GetValueOrDefault(side.Metric) is { N: > 0 }))];
        if (sides.Length == 0)
            return false;
        Multiplot multiplot = new();
        multiplot.AddPlots(sides.Length);
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Columns();
        for (int i = 0; i < sides.Length; i++)
            Fill(multiplot.GetPlot(i), shown, sides[i], legend: i == sides.Length - 1);
        multiplot.SavePng(path, PlotStyle.Width + 200, PlotStyle.Height);
        return true;
    }

    private static void Fill(Plot plot, MethodSummary[] methods, (string Metric, string Label, double Factor) side, bool legend)
    {
        List<double> xs = [];
        List<double> ys = [];
        for (int i = 0; i < methods.Length; i++)
        {
            if (methods[i].Metrics.GetValueOrDefault(side.Metric) is not { N: > 0 } utility)
                continue;
            MetricSummary harm = methods[i].Metrics[MetricNames.HarmfulRate];
            double x = utility.Mean * side.Factor, y = harm.Mean * 100;
            double dx = double.IsNaN(utility.Deviation) ? 0 : utility.Deviation * side.Factor, dy = double.IsNaN(harm.Deviation) ? 0 : harm.Deviation * 100;
            xs.AddRange([x - dx, x + dx]);
            ys.AddRange([y - dy, y + dy]);
            Color colour = PlotStyle.Colour(i);
            foreach (Coordinates[] bar in (Coordinates[][])[[new(x - dx, y), new(x + dx, y)], [new(x, y - dy), new(x, y + dy)]])
                plot.Add.ScatterLine(bar, colour.WithAlpha(0.6)).LineWidth = 1.5f;
            ScottPlot.Plottables.Scatter point = plot.Add.ScatterPoints((double[])[x], (double[])[y], colour);
            (point.MarkerSize, point.MarkerShape, point.MarkerLineColor, point.MarkerLineWidth) = (13, PlotStyle.Marker(i), colour, 2);
            point.LegendText = methods[i].Name;
            ScottPlot.Plottables.Text name = plot.Add.Text(methods[i].Name, x, y);
            (name.LabelFontName, name.LabelFontSize, name.LabelFontColor) = (BundledFont.Name, 12, colour);
            (name.LabelAlignment, name.OffsetX, name.OffsetY) = (Alignment.LowerLeft, 8, -5);
        }

        (double left, double right) = Range(xs, 0.12);
        (double bottom, double top) = Range(ys, 0.12);
        
        // Names stand to the right of their points.
        plot.Axes.SetLimits(side.Factor == 100 ? Math.Max(left, -3) : left, right + ((right - left) * 0.15), Math.Max(bottom, -3), top);
        plot.Title(side.Factor == 100 ? "Harm and over-refusal" : "Harm and utility");
        plot.XLabel(side.Label);
        plot.YLabel("harmful prompts answered (%)");
        if (legend)
            plot.ShowLegend(Edge.Right);
        else
            plot.HideLegend();
        PlotStyle.Finish(plot);
    }

    private static (double Low, double High) Range(List<double> values, double margin)
    {
        double low = values.Min(), high = values.Max(), room = Math.Max((high - low) * margin, Math.Max(Math.Abs(high), 1e-3) * 0.02);
        return (low - room, high + room);
    }
}
