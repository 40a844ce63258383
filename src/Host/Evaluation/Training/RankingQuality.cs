using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>
/// The area under the ROC curve: the probability that a random positive scores above a random negative, ties counting half. The
/// interval is the one of Hanley and McNeil, Radiology 143 (1982).
/// </summary>
internal static class RankingQuality
{
    /// <summary>AUC with its 95 % interval; N is the number of texts.</summary>
    public static Estimate AreaUnderCurve(IReadOnlyList<(double Score, bool Positive)> scored)
    {
        (double Score, bool Positive)[] sorted = [.. scored.OrderBy(pair => pair.Score)];
        double positives = sorted.Count(pair => pair.Positive);
        double negatives = sorted.Length - positives;
        double rankSum = 0.0;
        for (int i = 0; i < sorted.Length;)
        {
            int end = i;
            while (end < sorted.Length && sorted[end].Score == sorted[i].Score)
            {
                end++;
            }

            // Ranks count from 1; tied texts share their mean rank.
            double rank = (i + 1 + end) / 2.0;
            rankSum += rank * sorted[i..end].Count(pair => pair.Positive);
            i = end;
        }

        double auc = (rankSum - (positives * (positives + 1) / 2.0)) / (positives * negatives);
        double q1 = auc / (2.0 - auc);
        double q2 = 2.0 * auc * auc / (1.0 + auc);
        double spread = (auc * (1 - auc)) + ((positives - 1) * (q1 - (auc * auc))) + ((negatives - 1) * (q2 - (auc * auc)));
        double variance = spread / (positives * negatives);
        double half = NormalDistribution.TwoSided95 * Math.Sqrt(Math.Max(0.0, variance));
        return new Estimate(auc, Math.Max(0.0, auc - half), Math.Min(1.0, auc + half), sorted.Length);
    }
}
