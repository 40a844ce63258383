using ScottPlot;
using PlotStyle = Unlearning.Host.Reports.PlotStyle;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>
/// Why ascent on cross-entropy explodes and descent on unlearning cross-entropy does not: both losses of one token, as they are
/// minimised to forget it, and the length of their gradients, over its probability.
/// </summary>
internal static class CeUceFigure
{
    private const int Points = 400;
    private const double Least = 0.002;

    /// <summary>Writes the figure; needs no results.</summary>
    public static void Save(string path)
    {
        Multiplot multiplot = new();
        multiplot.AddPlots(2);
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Columns();
        Plot loss = multiplot.GetPlot(0), gradient = multiplot.GetPlot(1);
        Add(loss, "ascent on CE: log p", Math.Log, 1, LinePattern.Solid);
        Add(loss, "UCE: -log(1 - p/2)", p => -Math.Log(1 - (p / 2)), 0, LinePattern.Solid);
        loss.Title("Loss when forgetting");
        loss.YLabel("nats");
        loss.Axes.SetLimits(0, 1, -6.4, 1.4);
        loss.ShowLegend(Alignment.LowerRight);
        Add(gradient, "ascent on CE: 1/p", p => Math.Log10(1 / p), 1, LinePattern.Solid);
        Add(gradient, "UCE: 1/(2 - p)", p => Math.Log10(1 / (2 - p)), 0, LinePattern.Solid);
        gradient.Title("Length of its gradient");
        gradient.YLabel("|dL/dp|");
        gradient.Axes.SetLimitsX(0, 1);
        LogAxis.Set(gradient, -0.6, 2.8);
        gradient.ShowLegend(Alignment.UpperRight);
        foreach (Plot plot in (Plot[])[loss, gradient])
        {
            plot.XLabel("p, probability of the token to forget");
            PlotStyle.Finish(plot);
        }

        multiplot.SavePng(path, PlotStyle.Width, PlotStyle.Height);
    }

    private static void Add(Plot plot, string name, Func<double, double> value, int colour, LinePattern pattern)
    {
        double[] xs = [.. Enumerable.Range(0, Points).Select(i => Least + ((1 - Least) * i / (Points - 1)))];
        ScottPlot.Plottables.Scatter line = plot.Add.ScatterLine(xs, [.. xs.Select(value)], PlotStyle.Colour(colour));
        line.LegendText = name;
        line.LineWidth = 3;
        line.LinePattern = pattern;
    }
}
