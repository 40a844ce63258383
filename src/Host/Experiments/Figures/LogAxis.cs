using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>A vertical axis of powers of ten, for series whose values are given as their logarithms.</summary>
internal static class LogAxis
{
    private const double PartOfADecade = 0.8;
    private const double FewDecades = 2.5;

    /// <summary>Sets the limits and ticks of the vertical axis: every power of ten (or every few), and multiples of them on a short axis.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="low">Logarithm of the lower end.</param>
    /// <param name="high">Logarithm of the upper end.</param>
    public static void Set(Plot plot, double low, double high)
    {
        NumericManual ticks = new();
        int every = Math.Max(1, (int)Math.Ceiling((high - low) / 8));
        int[] labelled = high - low <= PartOfADecade ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : high - low <= FewDecades ? [1, 2, 5] : [1];
        for (int exponent = (int)Math.Floor(low); exponent <= high; exponent++)
        {
            for (int factor = 1; factor <= 9; factor++)
            {
                double at = exponent + Math.Log10(factor);
                if (at < low || at > high)
                    continue;
                if (labelled.Contains(factor) && (factor > 1 || exponent % every == 0))
                    ticks.AddMajor(at, Label(exponent, factor));
                else if (every == 1)
                    ticks.AddMinor(at);
            }
        }

        plot.Axes.Left.TickGenerator = ticks;
        plot.Axes.SetLimitsY(low, high);
    }

    private static string Label(int exponent, int factor) => exponent is >= -3 and <= 3
        ? (factor * Math.Pow(10, exponent)).ToString("0.###", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{factor}e{exponent}");
}
