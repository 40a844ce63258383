using ScottPlot;
using Unlearning.Host.Experiments.Cells;
using PlotStyle = Unlearning.Host.Reports.PlotStyle;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>The length of the forget gradient over the steps, every method, on an axis of powers of ten: it shows which explode.</summary>
internal static class GradientNormsFigure
{
    private const string Forget = "forget";

    /// <summary>Writes the figure.</summary>
    /// <param name="methods">Names of all methods of the experiment: a method has the same colour in every figure.</param>
    /// <param name="results">One training of each method.</param>
    /// <param name="path">The file.</param>
    /// <returns>False where no training has a forget objective: then nothing is written.</returns>
    public static bool Save(IReadOnlyList<string> methods, IReadOnlyList<CellResult> results, string path)
    {
        (CellResult Cell, (int Step, double Value)[] Points)[] drawn =
        [
            .. results
                .Select(result => (result, result.Steps
                    .Where(step => step.GradientNorms.GetValueOrDefault(Forget) > 0)
                    .Select(step => (step.Step, Math.Log10(step.GradientNorms[Forget]))).ToArray()))
                .Where(entry => entry.Item2.Length > 0),
        ];
        if (drawn.Length == 0)
            return false;
        using Plot plot = new();
        foreach ((CellResult cell, (int Step, double Value)[] points) in drawn)
        {
            int i = methods.TakeWhile(method => method != cell.Method).Count();
            string name = cell.DivergedAt is { } step ? $"{cell.Method} (diverged at {step})" : cell.Method;
            PlotStyle.AddSeries(plot, name, points, i, i < PlotStyle.Colours ? LinePattern.Solid : LinePattern.Dashed);
            if (cell.DivergedAt is not null)
            {
                ScottPlot.Plottables.Marker end = plot.Add.Marker(points[^1].Step, points[^1].Value, MarkerShape.Cross, 18, PlotStyle.Colour(i));
                end.MarkerLineWidth = 3;
            }
        }

        plot.Title("Length of the gradient of the harmful answers' loss");
        plot.YLabel("Euclidean norm");
        PlotStyle.StepAxis(plot);
        plot.Axes.SetLimitsX(0.5, drawn.Max(entry => entry.Points[^1].Step) + 0.5);
        double low = drawn.Min(entry => entry.Points.Min(point => point.Value)), high = drawn.Max(entry => entry.Points.Max(point => point.Value));
        double room = Math.Max(0.1, (high - low) * 0.08);
        LogAxis.Set(plot, low - room, high + room);
        plot.ShowLegend(Edge.Right);
        PlotStyle.Finish(plot);
        plot.SavePng(path, PlotStyle.Width, PlotStyle.Height);
        return true;
    }
}
