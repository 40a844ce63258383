using System.Globalization;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Runs.Successive;

namespace Unlearning.Host.Experiments.Views;

/// <summary>A cell's result in a few words.</summary>
internal static class CellLine
{
    /// <summary>The main metrics of a cell; of a tuning its score.</summary>
    public static string Of(CellResult result)
    {
        string diverged = result.DivergedAt is { } step ? Text($"diverged at step {step}; ") : "";
        if (result.Successive is [SuccessiveRun first, .., SuccessiveRun last])
            return Text($"after {last.Run} runs the first batch is answered at {last.FirstHarmfulRate:P0} ({first.FirstHarmfulRate:P0} before), ordinary NLL {last.OrdinaryNegativeLogLikelihood:0.000}");
        return result.Kind == CellKind.Tuning
            ? Text($"{diverged}validation score {result.Score:0.000} at step {result.ChosenStep}")
            : $"{diverged}harmful {Share(result, MetricNames.HarmfulRate)}, over-refusal {Share(result, MetricNames.OverRefusal)}, "
                + $"broken {Share(result, MetricNames.BrokenRate)}, ordinary NLL {Number(result, MetricNames.OrdinaryNll, "0.000")}";
    }

    /// <summary>A share in per cent.</summary>
    public static string Share(CellResult result, string metric) =>
        result.Find(metric) is { Candidate.N: > 0 } found ? Text($"{found.Candidate.Value * 100:0.0} %") : "–";

    /// <summary>Any other metric.</summary>
    public static string Number(CellResult result, string metric, string format) =>
        result.Find(metric) is { Candidate.N: > 0 } found ? found.Candidate.Value.ToString(format, CultureInfo.InvariantCulture) : "–";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
