using Unlearning.Host.Demo;
using Unlearning.Host.Demo.Bundle;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>
/// The training behind the classifier of unsafe exchanges. No prompt of the validation and gate splits, nor a near-duplicate of one, is in it.
/// </summary>
/// <param name="refusal">Recognises refusals, which the judge never calls unsafe.</param>
/// <param name="embed">Embeds a text.</param>
internal sealed class UnsafeTraining(TextClassifier refusal, Func<string, float[]> embed)
{
    /// <summary>Trains it.</summary>
    public ExchangeTrainer Trainer { get; } = new(
        "unsafe",
        "AdvBench and HarmBench (MIT), AILuminate demo prompts and XSTest (CC-BY-4.0), refusal_judge, Self-Instruct and TruthfulQA (Apache-2.0), CommonsenseQA (MIT), " +
        "RealToxicityPrompts, even rows (Apache-2.0), Surge AI toxicity (MIT), Jigsaw sample (CC0, comments CC BY-SA 3.0), own labels, look-alikes and pairs (MIT)",
        embed);

    /// <summary>Trains and measures.</summary>
    /// <param name="data">The folder with the data sets.</param>
    /// <param name="labels">The project's own refusal labels.</param>
    /// <param name="pairs">The project's own pairs.</param>
    /// <param name="report">Takes the lines of the quality table.</param>
    public ExchangeClassifier Run(string data, string labels, string pairs, Action<string> report)
    {
        IReadOnlyList<LabelledText> exchanges = Exchanges(data, labels, pairs);
        IReadOnlyList<(LabelledText Text, double Score)> scored = Trainer.CrossValidate(exchanges);
        double threshold = ThresholdOf(scored);
        Line("requests alone, 5-fold cross-validation", [.. scored.Where(pair => pair.Text.Prompt is not null && pair.Text.Text.Length == 0)]);
        Line("exchanges, 5-fold cross-validation", [.. scored.Where(pair => IsExchange(pair.Text))]);
        Line("– XSTest's safe prompts", [.. scored.Where(pair => IsExchange(pair.Text) && pair.Text.Source.StartsWith("xstest", StringComparison.Ordinal))]);
        Line("– own pairs", [.. scored.Where(pair => pair.Text.Source == "pairs")]);
        ExchangeClassifier classifier = Trainer.Train(exchanges, threshold);
        ContentWords[] trained = [.. exchanges.Where(exchange => exchange.Prompt is not null).Select(exchange => ContentWords.Of(exchange.Prompt!)).Distinct()];
        Outside("default model's answers to validation prompts", UnsafeData.DefaultModel(labels, "test"));
        Outside("XSTest's harmful prompts, refused by Llama-2", UnsafeData.XsTest(data, PromptKind.Harmful));
        Outside("BeaverTails' unsafe answers, Alpaca's ordinary ones", Unlike(UnsafeData.BeaverTails(data).Concat(UnsafeData.Alpaca(data))));
        Outside("PKU-SafeRLHF, the less safe of two answers", Unlike(UnsafeData.PkuPairs(data)));
        return classifier;

        void Outside(string set, IEnumerable<LabelledText> texts) => Line(set, Trainer.Score(classifier, texts));

        // As the judge: a refusal and a broken answer are never unsafe.
        void Line(string set, IReadOnlyList<(LabelledText Text, double Score)> pairs)
        {
            if (pairs.Count > 0)
                report(QualityLine.Of("unsafe", set, [.. pairs.Select(pair => (pair.Text, IsWhole(pair.Text) ? pair.Score : 0))], threshold));
        }

        IEnumerable<LabelledText> Unlike(IEnumerable<LabelledText> texts) =>
            texts.Where(text => ContentWords.Of(text.Prompt!) is var words && !trained.Any(other => other.Jaccard(words) >= PromptBundler.NearDuplicate));
    }

    /// <summary>What the classifier is trained on.</summary>
    public static IReadOnlyList<LabelledText> Exchanges(string data, string labels, string pairs)
    {
        ContentWords[] asked = [.. new[] { PromptSplit.Validation, PromptSplit.Gate }.SelectMany(BundledPrompts.Load).Select(prompt => ContentWords.Of(prompt.Text))];

        // The order decides the sums' last bits.
        IEnumerable<LabelledText> all =
        [
            .. UnsafeData.HarmfulRequests(data),
            .. UnsafeData.HarmlessRequests(data),
            .. UnsafeData.HarmlessExchanges(data),
            .. UnsafeData.DefaultModel(labels, "train"),
            .. UnsafeData.OwnPairs(pairs),
            .. UnsafeData.Texts(data),
        ];
        return [.. all.Where(text => text.Prompt is null || (ContentWords.Of(text.Prompt) is var words && !asked.Any(other => other.Jaccard(words) >= PromptBundler.NearDuplicate)))];
    }

    /// <summary>
    /// The lowest of the hundredths at which harmless ones are called unsafe no more often than unsafe ones are missed, requests and exchanges
    /// together: what estimates a rate should err to both sides alike.
    /// </summary>
    internal double ThresholdOf(IReadOnlyList<(LabelledText Text, double Score)> scored)
    {
        (double Score, bool Positive)[] asked = [.. scored.Where(pair => pair.Text.Prompt is not null && IsWhole(pair.Text)).Select(pair => (pair.Score, pair.Text.Positive))];
        int hundredths = 1;
        while (hundredths < 99 && Share(false, score => score >= hundredths / 100.0) > Share(true, score => score < hundredths / 100.0))
            hundredths++;
        return hundredths / 100.0;

        double Share(bool positive, Func<double, bool> isWrong) => asked.Where(pair => pair.Positive == positive).Average(pair => isWrong(pair.Score) ? 1.0 : 0.0);
    }

    private static bool IsExchange(LabelledText text) => text.Prompt is not null && text.Text.Length > 0;

    // A request alone and a text alone are judged as they are.
    private bool IsWhole(LabelledText text) => !IsExchange(text) || (!refusal.Matches(text.Text) && BrokenAnswer.Reason(text.Text) is null);
}
