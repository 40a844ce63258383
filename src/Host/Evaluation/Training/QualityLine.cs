using System.Globalization;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>How well a classifier tells the texts of one set, as a line of a Markdown table.</summary>
internal static class QualityLine
{
    /// <summary>Heads the table.</summary>
    public const string Header =
        "| classifier | measured on | n (positive) | AUC | accuracy | true positives found | false positives |\n" +
        "| --- | --- | --- | --- | --- | --- | --- |";

    /// <summary>The line of one set; every share with its 95 % interval.</summary>
    public static string Of(string classifier, string set, IReadOnlyList<(LabelledText Text, double Score)> scored, double threshold)
    {
        int positives = scored.Count(pair => pair.Text.Positive);
        int negatives = scored.Count - positives;
        int found = scored.Count(pair => pair.Text.Positive && pair.Score >= threshold);
        int wrong = scored.Count(pair => !pair.Text.Positive && pair.Score >= threshold);
        string auc = positives < 10 || negatives < 10
            ? "–"
            : Interval(RankingQuality.AreaUnderCurve([.. scored.Select(pair => (pair.Score, pair.Text.Positive))]), "0.000");
        string Share(int part, int whole) => whole == 0 ? "–" : Interval(WilsonInterval.Of(part, whole), "0.0 %");
        string accuracy = Share(found + negatives - wrong, scored.Count);
        string sensitivity = Share(found, positives);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {classifier} | {set} | {scored.Count} ({positives}) | {auc} | {accuracy} | {sensitivity} | {Share(wrong, negatives)} |");
    }

    private static string Interval(Estimate estimate, string format)
    {
        string Show(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Show(estimate.Value)} ({Show(estimate.Low)} to {Show(estimate.High)})";
    }
}
