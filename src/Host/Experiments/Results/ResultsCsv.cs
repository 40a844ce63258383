using System.Globalization;
using System.Text;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Runs.Successive;

namespace Unlearning.Host.Experiments.Results;

/// <summary>Every number of an experiment as a table: a row for each cell and metric.</summary>
internal static class ResultsCsv
{
    private const string Header =
        "method,kind,learning_rate,seed,chosen_step,diverged_at,training_seconds,evaluation_seconds,metric,n,value,low,high,change,change_low,change_high";

    /// <summary>The name in the metric column of the row with a training's score on the validation split.</summary>
    public const string Score = "validation_score";

    /// <summary>The text of the file. Empty fields are what is not known; no field needs quotes.</summary>
    public static string Of(IEnumerable<CellResult> results)
    {
        StringBuilder text = new(Header + "\n");
        foreach (CellResult result in results)
        {
            string cell = string.Join(
                ',',
                result.Method,
                OfKind(result.Kind),
                Number(result.LearningRate),
                result.Kind == CellKind.Base ? "" : Number(result.Seed),
                result.Kind == CellKind.Base ? "" : Number(result.ChosenStep),
                result.DivergedAt is { } step ? Number(step) : "",
                Number(Math.Round(result.TrainingSeconds, 1)),
                Number(Math.Round(result.EvaluationSeconds, 1)));
            foreach (SuccessiveRun run in result.Successive)
            {
                text.Append(CultureInfo.InvariantCulture, $"{cell},run_{run.Run}_first_harmful_rate,,{Number(run.FirstHarmfulRate)},,,,,\n");
                text.Append(CultureInfo.InvariantCulture, $"{cell},run_{run.Run}_current_harmful_rate,,{Number(run.CurrentHarmfulRate)},,,,,\n");
                text.Append(CultureInfo.InvariantCulture, $"{cell},run_{run.Run}_ordinary_nll,,{Number(run.OrdinaryNegativeLogLikelihood)},,,,,\n");
            }

            if (result.Kind is CellKind.Tuning or CellKind.Result)
                text.Append(CultureInfo.InvariantCulture, $"{cell},{Score},,{Number(result.Score)},,,,,\n");
            foreach (MetricResult metric in result.Metrics.Where(metric => metric.Candidate.N > 0))
            {
                Estimate level = metric.Candidate, change = metric.Difference;
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{cell},{metric.Name},{level.N},{Numbers(level)},{Numbers(change)}\n");
            }
        }

        return text.ToString();
    }

    private static string OfKind(CellKind kind) => kind switch
    {
        CellKind.Base => "base",
        CellKind.Tuning => "tuning",
        CellKind.Successive => "successive",
        _ => "result",
    };

    private static string Numbers(Estimate estimate) => $"{Number(estimate.Value)},{Number(estimate.Low)},{Number(estimate.High)}";

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
