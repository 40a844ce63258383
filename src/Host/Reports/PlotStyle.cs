using ScottPlot;

namespace Unlearning.Host.Reports;

/// <summary>The look that all plots share: size, font, and colours that people with any colour vision tell apart.</summary>
internal static class PlotStyle
{
    /// <summary>Width of a plot in pixels.</summary>
    public const int Width = 1000;

    /// <summary>Height of a plot in pixels.</summary>
    public const int Height = 600;

    private const float TextSize = 15;

    /// <summary>Okabe and Ito's palette ("Color universal design", 2008) without its yellow, which is too faint for a line.</summary>
    private static readonly Color[] _palette =
    [
        .. ((string[])["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"]).Select(Color.FromHex),
    ];

    private static readonly LinePattern[] _patterns =
        [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted, LinePattern.DenselyDashed];

    private static readonly MarkerShape[] _markers =
    [
        MarkerShape.FilledCircle,
        MarkerShape.FilledSquare,
        MarkerShape.FilledTriangleUp,
        MarkerShape.FilledDiamond,
        MarkerShape.OpenCircle,
        MarkerShape.OpenSquare,
        MarkerShape.Cross,
    ];

    /// <summary>The colour of the n-th series.</summary>
    public static Color Colour(int index) => _palette[index % _palette.Length];

    /// <summary>How many colours there are before they repeat.</summary>
    public static int Colours => _palette.Length;

    /// <summary>The marker of the n-th series; with the colour it tells up to 49 apart.</summary>
    public static MarkerShape Marker(int index) => _markers[(index + (index / _palette.Length)) % _markers.Length];

    /// <summary>Draws a series over steps; colour, dashes and markers all tell it apart from its neighbours. Points that are not numbers
    /// are left out.</summary>
    public static void AddSeries(
        Plot plot, string name, IReadOnlyList<(int Step, double Value)> points, int index, LinePattern? pattern = null)
    {
        (int Step, double Value)[] drawn = [.. points.Where(point => double.IsFinite(point.Value))];
        if (drawn.Length == 0)
        {
            return;
        }

        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(
            Array.ConvertAll(drawn, point => (double)point.Step), Array.ConvertAll(drawn, point => point.Value), Colour(index));
        line.LegendText = name;
        line.LineWidth = 2.5f;
        line.LinePattern = pattern ?? _patterns[index % _patterns.Length];
        line.MarkerShape = Marker(index);
        line.MarkerSize = drawn.Length <= 60 ? 7 : 0;
    }

    /// <summary>Sets fonts, grid and margins; called when all else is in place.</summary>
    public static void Finish(Plot plot)
    {
        BundledFont.Register();
        plot.Font.Set(BundledFont.Name);
        plot.Axes.Title.Label.FontSize = TextSize + 3;
        plot.Axes.Title.Label.Bold = false;
        foreach (IAxis axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.Label.FontSize = TextSize;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = TextSize - 1;
        }

        plot.Legend.FontName = BundledFont.Name;
        plot.Legend.FontSize = TextSize - 1;
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(25);
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
    }

    /// <summary>Whole steps as ticks of the horizontal axis.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="label">Whether the axis is labelled; only the lowest of several panels is.</param>
    public static void StepAxis(Plot plot, bool label = true)
    {
        if (label)
        {
            plot.XLabel("Step");
        }

        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
    }
}
