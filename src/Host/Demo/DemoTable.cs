using System.Globalization;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Demo;

/// <summary>The before/after table on the screen.</summary>
internal static class DemoTable
{
    public static async Task WriteAsync(TextWriter screen, EvaluationReport report)
    {
        await screen.WriteLineAsync($"   {"metric",-28}{"n",5}{"before",10}{"after",10}   change ({ConfidenceLevel.Show(report.Confidence)})").ConfigureAwait(false);
        foreach (MetricResult metric in report.Metrics)
        {
            await screen.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"   {(metric.Hazard is null ? metric.Name : $"{metric.Name}, {metric.Hazard}"),-28}{metric.Candidate.N,5}{metric.Baseline.Value,10:F3}{metric.Candidate.Value,10:F3}   {Signed(metric.Difference.Value)} ({Signed(metric.Difference.Low)} to {Signed(metric.Difference.High)})"))
                .ConfigureAwait(false);
        }
    }

    // A format such as "+0.000;-0.000" shows -0.0001 as "-+0.000".
    private static string Signed(double value) => Math.Round(value, 3) switch
    {
        > 0 and double rounded => rounded.ToString("+0.000", CultureInfo.InvariantCulture),
        double rounded => (rounded + 0.0).ToString("0.000", CultureInfo.InvariantCulture),
    };
}
