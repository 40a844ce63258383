using ScottPlot;
using ScottPlot.MultiplotLayouts;

namespace Unlearning.Host.Reports;

/// <summary>Plots of what happened during unlearning, step by step, as PNG files.</summary>
public static class StepPlots
{
    /// <summary>
    /// Losses over steps, one panel an objective: their sizes differ too much for one axis, and KL starts at exactly 0, which no
    /// logarithm shows.
    /// </summary>
    /// <param name="steps">At least one step.</param>
    /// <param name="path">The PNG file to write; an existing one is replaced.</param>
    public static void SaveLosses(IReadOnlyList<StepRecord> steps, string path)
    {
        string[] names = Names(steps, step => step.Losses);
        Multiplot multiplot = new();
        multiplot.AddPlots(names.Length);
        multiplot.Layout = names.Length <= 3 ? new Rows() : new Grid((names.Length + 1) / 2, 2);
        for (int i = 0; i < names.Length; i++)
        {
            Plot plot = multiplot.GetPlot(i);
            (int Step, double Value)[] losses = Series(steps, step => step.Losses, names[i]);
            PlotStyle.AddSeries(plot, names[i], losses, i, LinePattern.Solid);
            plot.HideLegend();
            plot.Title($"Loss: {names[i]}");
            plot.YLabel("nats");
            plot.Axes.Left.MinimumSize = 80;
            double spacing = TickSpacing([.. losses.Select(loss => loss.Value).Where(double.IsFinite)]);
            plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericFixedInterval(spacing);
            PlotStyle.StepAxis(plot, label: i >= names.Length - (names.Length <= 3 ? 1 : 2));
            plot.Axes.SetLimitsX(steps[0].Step - 0.5, steps[^1].Step + 0.5);
            PlotStyle.Finish(plot);
        }

        multiplot.SavePng(path, PlotStyle.Width, PlotStyle.Height);
    }

    /// <summary>
    /// Cosines of the angles between the objectives' gradients over steps. Below zero two objectives pull against each other: a plain
    /// sum then serves one at the other's cost.
    /// </summary>
    /// <param name="steps">At least one step.</param>
    /// <param name="path">The PNG file to write; an existing one is replaced.</param>
    public static void SaveCosines(IReadOnlyList<StepRecord> steps, string path)
    {
        string[] names = Names(steps, step => step.Cosines);
        using Plot plot = new();
        double first = steps[0].Step - 0.5;
        double last = steps[^1].Step + 0.5;
        ScottPlot.Plottables.VerticalSpan conflict = plot.Add.VerticalSpan(-1.05, 0);
        conflict.FillColor = Colors.Black.WithAlpha(14);
        conflict.LineWidth = 0;
        ScottPlot.Plottables.HorizontalLine zero = plot.Add.HorizontalLine(0, 1, Colors.Black);
        zero.EnableAutoscale = false;
        for (int i = 0; i < names.Length; i++)
        {
            PlotStyle.AddSeries(plot, names[i], Series(steps, step => step.Cosines, names[i]), i);
        }

        ScottPlot.Plottables.Text label = plot.Add.Text("conflict: angle above 90°", first + ((last - first) * 0.01), -1.02);
        label.LabelFontName = BundledFont.Name;
        label.LabelFontSize = 13;
        label.LabelFontColor = Colors.Black.WithAlpha(150);
        label.LabelAlignment = Alignment.LowerLeft;
        plot.Title("Angles between the objectives' gradients");
        plot.YLabel("Cosine");
        PlotStyle.StepAxis(plot);
        plot.Axes.SetLimits(first, last, -1.05, 1.05);
        plot.ShowLegend(Edge.Right);
        PlotStyle.Finish(plot);
        plot.SavePng(path, PlotStyle.Width, PlotStyle.Height);
    }

    /// <summary>A round distance (1, 2 or 5 times a power of ten) that puts three to seven ticks on the range of the numbers.</summary>
    internal static double TickSpacing(double[] values)
    {
        double range = values.Length == 0 ? 0 : values.Max() - values.Min();
        if (range <= 0)
        {
            range = values.Length == 0 || values[0] == 0 ? 1 : Math.Abs(values[0]);
        }

        double magnitude = Math.Pow(10, Math.Floor(Math.Log10(range / 3)));
        return magnitude * (range / 3 / magnitude >= 5 ? 5 : range / 3 / magnitude >= 2 ? 2 : 1);
    }

    private static string[] Names(IReadOnlyList<StepRecord> steps, Func<StepRecord, IReadOnlyDictionary<string, double>> values)
    {
        ArgumentNullException.ThrowIfNull(steps);
        string[] names = [.. steps.SelectMany(step => values(step).Keys).Distinct()];
        return names.Length > 0 ? names : throw new ArgumentException("There is nothing to plot: no step has a value.", nameof(steps));
    }

    private static (int Step, double Value)[] Series(
        IReadOnlyList<StepRecord> steps, Func<StepRecord, IReadOnlyDictionary<string, double>> values, string name) =>
        [.. steps.Select(step => (step.Step, values(step).GetValueOrDefault(name, double.NaN)))];
}
