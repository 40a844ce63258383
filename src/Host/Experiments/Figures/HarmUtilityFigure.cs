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
        Point[] points = [.. methods.Select((method, i) => (method, i))
            .Where(entry => entry.method.Metrics.GetValueOrDefault(side.Metric) is { N: > 0 })
            .Select(entry => Point.Of(entry.method, entry.i, side.Metric, side.Factor))];
        (double left, double right) = Range(points.SelectMany(point => (double[])[point.X - point.Dx, point.X + point.Dx]));
        (double bottom, double top) = Range(points.SelectMany(point => (double[])[point.Y - point.Dy, point.Y + point.Dy]));

        // Names stand to the right of their points where there is room.
        AxisLimits limits = new(side.Factor == 100 ? Math.Max(left, -3) : left, right + ((right - left) * 0.15), Math.Max(bottom, -3), top);
        List<(double X, double Y)> named = [];
        foreach (Point point in points)
        {
            (double x, double y) = (point.X, point.Y);
            Color colour = PlotStyle.Colour(point.Index);
            Coordinates[][] bars = [[new(x - point.Dx, y), new(x + point.Dx, y)], [new(x, y - point.Dy), new(x, y + point.Dy)]];
            foreach (Coordinates[] bar in bars)
                plot.Add.ScatterLine(bar, colour.WithAlpha(0.6)).LineWidth = 1.5f;
            ScottPlot.Plottables.Scatter mark = plot.Add.ScatterPoints((double[])[x], (double[])[y], colour);
            (mark.MarkerSize, mark.MarkerShape, mark.MarkerLineColor, mark.MarkerLineWidth) = (13, PlotStyle.Marker(point.Index), colour, 2);
            mark.LegendText = point.Name;
            AddName(plot, point, colour, limits, named);
        }

        plot.Title(side.Factor == 100 ? "Harm and over-refusal" : "Harm and utility");
        plot.XLabel(side.Label);
        plot.YLabel("harmful prompts answered (%)");
        if (legend)
            plot.ShowLegend(Edge.Right);
        else
            plot.HideLegend();
        PlotStyle.Finish(plot);
        plot.Axes.SetLimits(limits);
    }

    /// <summary>Puts a point's name above or below it where no other name stands; where there is no room the legend has to do.</summary>
    private static void AddName(Plot plot, Point point, Color colour, AxisLimits limits, List<(double X, double Y)> named)
    {
        const double width = 0.3, height = 0.035;
        double x = (point.X - limits.Left) / (limits.Right - limits.Left), y = (point.Y - limits.Bottom) / (limits.Top - limits.Bottom);
        foreach (bool above in (bool[])[true, false])
        {
            (double X, double Y) place = (x, y + (above ? height : -height));
            if (named.Any(other => Math.Abs(other.X - place.X) < width && Math.Abs(other.Y - place.Y) < height))
                continue;
            named.Add(place);
            ScottPlot.Plottables.Text name = plot.Add.Text(point.Name, point.X, point.Y);
            (name.LabelFontName, name.LabelFontSize, name.LabelFontColor) = (BundledFont.Name, 12, colour);
            name.LabelAlignment = (above, x < 1 - width) switch
            {
                (true, true) => Alignment.LowerLeft,
                (true, false) => Alignment.LowerRight,
                (false, true) => Alignment.UpperLeft,
                (false, false) => Alignment.UpperRight,
            };
            (name.OffsetX, name.OffsetY) = (x < 1 - width ? 8 : -8, above ? -4 : 4);
            return;
        }
    }

    private static (double Low, double High) Range(IEnumerable<double> of)
    {
        double[] values = [.. of];
        double low = values.Min(), high = values.Max(), room = Math.Max((high - low) * 0.12, Math.Max(Math.Abs(high), 1e-3) * 0.02);
        return (low - room, high + room);
    }

    private sealed record Point(string Name, int Index, double X, double Y, double Dx, double Dy)
    {
        public static Point Of(MethodSummary method, int index, string utility, double factor)
        {
            MetricSummary x = method.Metrics[utility], y = method.Metrics[MetricNames.HarmfulRate];
            return new Point(method.Name, index, x.Mean * factor, y.Mean * 100, Bar(x) * factor, Bar(y) * 100);
        }

        private static double Bar(MetricSummary metric) => double.IsNaN(metric.Deviation) ? 0 : metric.Deviation;
    }
}
