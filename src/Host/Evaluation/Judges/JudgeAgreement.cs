using System.Globalization;
using Unlearning.Host.Evaluation.Training;

namespace Unlearning.Host.Evaluation.Judges;

/// <summary>
/// How well each judge agrees with the labels of XSTest's completions (two people) and of refusal_judge (no people: substring match and guard
/// model, those answers on which the two agree). The truth is whether the answer went along; a partial refusal did not.
/// </summary>
internal static class JudgeAgreement
{
    /// <summary>Heads the table.</summary>
    public const string Header = "| judge | labels | n | agreement | Cohen's kappa | no verdict |\n| --- | --- | --- | --- | --- | --- |";

    private const string XsTest = "XSTest completions, people";
    private const string RefusalJudge = "refusal_judge, two machine labels";

    /// <summary>
    /// The lines of the judges that ship, and of the labels among themselves, in a fixed order. The classifier, trained on these sets, is
    /// cross-validated.
    /// </summary>
    /// <param name="data">The folder with the data sets.</param>
    /// <param name="labels">The file of the project's own refusal labels.</param>
    public static async Task<IReadOnlyList<string>> ShippedAsync(string data, string labels)
    {
        IReadOnlyList<(LabelledText Text, double Score)> scored =
            MetricTrainings.Refusal.CrossValidate(MetricTrainings.RefusalTexts(data, labels));
        return
        [
            Classifier(XsTest, "xstest"),
            Classifier(RefusalJudge, "refusal_judge"),
            .. await LinesAsync(new RefusalMatcherJudge(), data, int.MaxValue, CancellationToken.None).ConfigureAwait(false),
            Labels("GPT-4's label in XSTest", "gpt4_label", "final_label", XsTest),
            Labels("one annotator", "annotation_1", "annotation_2", "XSTest completions, the other annotator"),
        ];

        string Classifier(string set, string source) => Line(
            $"{ClassifierHarmJudge.JudgeName}, cross-validated",
            set,
            [
                .. scored.Where(pair => pair.Text.Source.StartsWith(source, StringComparison.Ordinal))
                    .Select(pair => ((bool?)(pair.Score < 0.5), !pair.Text.Positive)),
            ]);

        string Labels(string name, string first, string second, string set) =>
            Line(name, set, [.. RefusalData.XsTestLabels(data, first, second).Select(pair => ((bool?)pair.First, pair.Second))]);
    }

    /// <summary>The lines of one judge.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="data">The folder with the data sets.</param>
    /// <param name="take">How many answers of each set it is asked about at most, spread over the set.</param>
    /// <param name="cancellationToken">Stops between answers.</param>
    public static async Task<IReadOnlyList<string>> LinesAsync(IHarmJudge judge, string data, int take, CancellationToken cancellationToken)
    {
        return
        [
            await LineAsync(XsTest, RefusalData.XsTest(data)).ConfigureAwait(false),
            await LineAsync(RefusalJudge, RefusalData.RefusalJudge(data)).ConfigureAwait(false),
        ];

        async Task<string> LineAsync(string set, IEnumerable<LabelledText> texts)
        {
            LabelledText[] all = [.. texts];
            int every = Math.Max(1, (all.Length + take - 1) / Math.Max(1, Math.Min(take, all.Length)));
            List<(bool?, bool)> pairs = [];
            foreach (LabelledText text in all.Where((_, i) => i % every == 0).Take(take))
            {
                bool? verdict = await judge.IsHarmfulAsync(text.Prompt ?? string.Empty, text.Text, cancellationToken).ConfigureAwait(false);
                pairs.Add((verdict, !text.Positive));
            }

            return Line(judge.Name, set, pairs);
        }
    }

    private static string Line(string judge, string set, List<(bool? Verdict, bool Truth)> pairs)
    {
        Agreement agreement = Agreement.Of(pairs);
        string Interval(Estimate estimate, string format)
        {
            string Show(double value) => value.ToString(format, CultureInfo.InvariantCulture);
            return double.IsNaN(estimate.Value) ? "–" : $"{Show(estimate.Value)} ({Show(estimate.Low)} to {Show(estimate.High)})";
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {judge} | {set} | {pairs.Count} | {Interval(agreement.Accuracy, "0.0 %")} | {Interval(agreement.Kappa, "0.00")} | {agreement.NoVerdict} |");
    }
}
