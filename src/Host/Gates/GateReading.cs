using System.Globalization;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>The numbers of a metric as one gate reads them. Changes are signed: a fall is negative, whatever the kind of gate
/// asks.</summary>
internal sealed record GateReading
{
    private readonly string _unit;
    private readonly double _factor;
    private readonly string _format;

    private GateReading(string unit, double factor, string format)
    {
        _unit = unit;
        _factor = factor;
        _format = format;
    }

    /// <summary>What was measured, in words: "is 12.0 %", or "went from 70.0 % to 40.0 %, a change of -30.0 points".</summary>
    public required string Words { get; init; }

    /// <summary>The point estimate.</summary>
    public required double Point { get; init; }

    /// <summary>The end of the interval that makes the gate harder to pass.</summary>
    public required double Worst { get; init; }

    /// <summary>The bound that the number must not cross.</summary>
    public required double Limit { get; init; }

    /// <summary>Whether the limit is a ceiling; otherwise it is a floor.</summary>
    public required bool AtMost { get; init; }

    /// <summary>How many prompts the number rests on.</summary>
    public required int N { get; init; }

    /// <summary>Reads a metric for a rule. A relative change takes the baseline's value as given: it divides the change and its
    /// interval.</summary>
    public static GateReading Of(MetricResult metric, GateRule rule)
    {
        bool floor = rule.Kind is GateKind.Minimum or GateKind.MaximumRelativeDecrease;
        if (rule.Kind is GateKind.Maximum or GateKind.Minimum)
        {
            GateReading level = Unit(metric.IsShare ? " %" : string.Empty, metric.IsShare);
            return level with
            {
                Words = $"is {level.Show(metric.Candidate.Value)}",
                Point = metric.Candidate.Value,
                Worst = floor ? metric.Candidate.Low : metric.Candidate.High,
                Limit = rule.Threshold,
                AtMost = !floor,
                N = metric.Candidate.N,
            };
        }

        bool relative = rule.Kind is GateKind.MaximumRelativeIncrease or GateKind.MaximumRelativeDecrease;
        double scale = relative ? 1.0 / Math.Abs(metric.Baseline.Value) : 1.0;
        GateReading value = Unit(metric.IsShare ? " %" : string.Empty, metric.IsShare);
        GateReading change = Unit(relative ? " %" : metric.IsShare ? " points" : string.Empty, relative || metric.IsShare);
        double point = metric.Difference.Value * scale;
        string before = value.Show(metric.Baseline.Value);
        string after = value.Show(metric.Candidate.Value);
        return change with
        {
            Words = $"went from {before} to {after}, a change of {change.Show(point)}",
            Point = point,
            Worst = (floor ? metric.Difference.Low : metric.Difference.High) * scale,
            Limit = rule.Kind is GateKind.MinimumDecrease or GateKind.MaximumRelativeDecrease ? -rule.Threshold : rule.Threshold,
            AtMost = !floor,
            N = metric.Difference.N,
        };
    }

    /// <summary>A number with its unit, as a reader wants it.</summary>
    public string Show(double value)
    {
        // Adding zero makes a rounded -0 a plain 0.
        double rounded = Math.Round(value * _factor, _factor > 1 ? 1 : 3) + 0.0;
        return rounded.ToString(_format, CultureInfo.InvariantCulture) + _unit;
    }

    private static GateReading Unit(string unit, bool hundredfold) => new(unit, hundredfold ? 100 : 1, hundredfold ? "0.0" : "0.000")
    {
        Words = string.Empty,
        Point = double.NaN,
        Worst = double.NaN,
        Limit = double.NaN,
        AtMost = true,
        N = 0,
    };
}
