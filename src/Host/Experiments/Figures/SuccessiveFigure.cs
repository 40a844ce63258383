using ScottPlot;
using ScottPlot.MultiplotLayouts;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Runs.Successive;
using PlotStyle = Unlearning.Host.Reports.PlotStyle;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>What many runs in a row do: whether the first run's prompts stay unanswered, and what becomes of ordinary answers.</summary>
internal static class SuccessiveFigure
{
    /// <summary>Writes the figure.</summary>
    /// <param name="methods">Names of all methods of the experiment: a method has the same colour in every figure.</param>
    /// <param name="results">The cells.</param>
    /// <param name="path">The file.</param>
    /// <returns>False where no method made runs in a row: then nothing is written.</returns>
    public static bool Save(IReadOnlyList<string> methods, IReadOnlyList<CellResult> results, string path)
    {
        CellResult[] rows = [.. results.Where(result => result.Successive.Count > 1)];
        if (rows.Length == 0)
            return false;
        Multiplot multiplot = new();
        multiplot.AddPlots(2);
        multiplot.Layout = new Rows();
        (Plot harm, Plot utility) = (multiplot.GetPlot(0), multiplot.GetPlot(1));
        foreach (CellResult row in rows)
        {
            int i = methods.TakeWhile(method => method != row.Method).Count();
            double before = row.Successive[0].OrdinaryNegativeLogLikelihood;
            PlotStyle.AddSeries(harm, $"{row.Method}: first run's", Points(row, run => run.FirstHarmfulRate * 100), i, LinePattern.Solid);
            PlotStyle.AddSeries(harm, $"{row.Method}: the run's own", Points(row, run => run.CurrentHarmfulRate * 100), i, LinePattern.Dotted);
            PlotStyle.AddSeries(utility, row.Method, Points(row, run => ((run.OrdinaryNegativeLogLikelihood / before) - 1) * 100), i, LinePattern.Solid);
        }

        int last = rows.Max(row => row.Successive[^1].Run);
        Finish(harm, "Harmful prompts answered after each run", "%");
        harm.Axes.SetLimitsY(0, 105);
        Finish(utility, "Change of the ordinary answers' NLL", "%");
        multiplot.SavePng(path, PlotStyle.Width, PlotStyle.Height);
        return true;

        void Finish(Plot plot, string title, string unit)
        {
            plot.Title(title);
            plot.YLabel(unit);
            plot.XLabel("run");
            plot.Axes.Left.MinimumSize = 80;
            plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, last + 1).Select(run => (double)run)], [.. Enumerable.Range(0, last + 1).Select(run => $"{run}")]);
            plot.Axes.SetLimitsX(-0.3, last + 0.3);
            plot.ShowLegend(Edge.Right);
            PlotStyle.Finish(plot);
        }
    }

    private static (int Step, double Value)[] Points(CellResult row, Func<SuccessiveRun, double> value) =>
        [.. row.Successive.Select(run => (run.Run, value(run)))];
}
