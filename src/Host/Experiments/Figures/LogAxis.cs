using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>A vertical axis of powers of ten, for series whose values are given as their logarithms.</summary>
internal static class LogAxis
{
    /// <summary>Sets the ticks of the vertical axis.</summary>
    public static void Set(Plot plot) => plot.Axes.Left.TickGenerator = new NumericAutomatic
    {
        MinorTickGenerator = new LogMinorTickGenerator(),
        IntegerTicksOnly = true,
        LabelFormatter = exponent => exponent is >= -3 and <= 3
            ? Math.Pow(10, exponent).ToString("0.###", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"1e{exponent:0}"),
    };
}
