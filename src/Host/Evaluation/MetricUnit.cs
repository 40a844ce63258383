using System.Globalization;

namespace Unlearning.Host.Evaluation;

/// <summary>How a metric's number is written for a reader.</summary>
internal sealed record MetricUnit
{
    private readonly string _unit;
    private readonly double _factor;
    private readonly string _format;

    private MetricUnit(string unit, bool hundredfold)
    {
        _unit = unit;
        _factor = hundredfold ? 100 : 1;
        _format = hundredfold ? "0.0" : "0.000";
    }

    /// <summary>A fraction, in per cent.</summary>
    public static MetricUnit OfShare { get; } = new(" %", true);

    /// <summary>The unit of a metric's own values.</summary>
    public static MetricUnit OfLevel(MetricResult metric) => metric.IsShare ? OfShare : new(string.Empty, false);

    /// <summary>The unit of the difference of two of a metric's values.</summary>
    public static MetricUnit OfChange(MetricResult metric) => metric.IsShare ? new(" points", true) : new(string.Empty, false);

    /// <summary>A number with its unit.</summary>
    public string Show(double value)
    {
        // Adding zero makes a rounded -0 a plain 0.
        double rounded = Math.Round(value * _factor, _factor > 1 ? 1 : 3) + 0.0;
        return rounded.ToString(_format, CultureInfo.InvariantCulture) + _unit;
    }
}
