using System.Globalization;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>The numbers of a metric as one kind of gate reads them.</summary>
/// <param name="What">What the number is, as a verb phrase.</param>
/// <param name="Point">The point estimate.</param>
/// <param name="Conservative">The end of the interval that makes the gate harder to pass.</param>
/// <param name="AtMost">Whether the threshold is a ceiling; otherwise it is a floor.</param>
/// <param name="InPerCent">Whether the number is shown in per cent.</param>
/// <param name="N">How many prompts it rests on.</param>
internal sealed record GateReading(string What, double Point, double Conservative, bool AtMost, bool InPerCent, int N)
{
    /// <summary>Reads a metric. A relative change takes the baseline's value as given, since both models were asked the same prompts.</summary>
    public static GateReading Of(MetricResult metric, GateKind kind)
    {
        Estimate candidate = metric.Candidate;
        Estimate change = metric.Difference;
        double scale = 1.0 / Math.Abs(metric.Baseline.Value);
        return kind switch
        {
            GateKind.Maximum => new("is", candidate.Value, candidate.High, true, metric.IsShare, candidate.N),
            GateKind.Minimum => new("is", candidate.Value, candidate.Low, false, metric.IsShare, candidate.N),
            GateKind.MaximumIncrease => new(From(metric) + "rises by", change.Value, change.High, true, metric.IsShare, change.N),
            GateKind.MinimumDecrease => new(From(metric) + "falls by", -change.Value, -change.High, false, metric.IsShare, change.N),
            GateKind.MaximumRelativeIncrease => new(From(metric) + "rises by", change.Value * scale, change.High * scale, true, true, change.N),
            GateKind.MaximumRelativeDecrease => new(From(metric) + "falls by", -change.Value * scale, -change.Low * scale, true, true, change.N),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of gate."),
        };
    }

    /// <summary>A number as a reader wants it: per cent with one decimal, else three decimals.</summary>
    public string Show(double value) => InPerCent
        ? string.Create(CultureInfo.InvariantCulture, $"{Round(value * 100, 1):0.0} %")
        : string.Create(CultureInfo.InvariantCulture, $"{Round(value, 3):0.000}");

    private static string From(MetricResult metric)
    {
        string Value(double value) => metric.IsShare
            ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.0} %")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.000}");
        return $"goes from {Value(metric.Baseline.Value)} to {Value(metric.Candidate.Value)}: it ";
    }

    /// <summary>Adding zero makes a rounded -0 a plain 0.</summary>
    private static double Round(double value, int decimals) => Math.Round(value, decimals) + 0.0;
}
