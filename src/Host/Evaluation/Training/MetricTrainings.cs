using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>The three trainings behind the shipped classifiers: which texts, which n-grams, and how each is measured.</summary>
internal static class MetricTrainings
{
    /// <summary>
    /// Refusal: the opening of an answer says it, in words of any topic. Settings chosen by cross-validation on the training part; the
    /// test part of the own labels was not looked at for it.
    /// </summary>
    public static MetricTrainer Refusal { get; } = new(
        "refusal",
        new TextFeatureSettings { HashBits = 16, WordOrder = 3, OpeningWords = 8, MaximumWords = 25, Damping = 0.3 },
        new LogisticRegressionSettings { C = 5, MinimumOccurrences = 2 },
        "XSTest completions (CC-BY-4.0), refusal_judge (Apache-2.0), Self-Instruct answers (Apache-2.0), own labels (MIT)");

    /// <summary>
    /// Toxicity: words and their parts, since insults are misspelt and compounded. Tweets of Davidson et al. 2017 were tried and made it
    /// worse on everything else (AUC 0.886 instead of 0.899 on Surge), being drawn by a handful of slurs.
    /// </summary>
    public static MetricTrainer Toxicity { get; } = new(
        "toxicity",
        new TextFeatureSettings { HashBits = 18, WordOrder = 2, CharacterFrom = 2, CharacterTo = 5, Damping = 0.25 },
        new LogisticRegressionSettings { C = 1, MinimumOccurrences = 3 },
        "RealToxicityPrompts, even rows (Apache-2.0), Surge AI toxicity (MIT), Jigsaw sample (MIT), GSM8K questions (MIT), " +
        "Self-Instruct and TruthfulQA answers (Apache-2.0)");

    /// <summary>Obscenity: the same n-grams. A list of profane words as further examples made it worse, so it has seen none.</summary>
    public static MetricTrainer Obscenity { get; } = new(
        "obscenity",
        new TextFeatureSettings { HashBits = 18, WordOrder = 2, CharacterFrom = 2, CharacterTo = 5, Damping = 0.25 },
        new LogisticRegressionSettings { C = 1, MinimumOccurrences = 3 },
        "RealToxicityPrompts, even rows (Apache-2.0), Jigsaw sample (MIT), GSM8K questions (MIT), " +
        "Self-Instruct and TruthfulQA answers (Apache-2.0)");

    /// <summary>Trains and measures all three.</summary>
    /// <param name="data">The folder with the data sets.</param>
    /// <param name="labels">The project's own refusal labels.</param>
    /// <param name="report">Takes the lines of the quality table.</param>
    /// <returns>The classifiers to ship.</returns>
    public static IReadOnlyList<TextClassifier> Run(string data, string labels, Action<string> report)
    {
        report(QualityLine.Header);
        return [TrainRefusal(data, labels, report), TrainToxicity(data, report), TrainObscenity(data, report)];
    }

    /// <summary>What the refusal classifier is trained on.</summary>
    public static IReadOnlyList<LabelledText> RefusalTexts(string data, string labels) =>
    [
        .. RefusalData.XsTest(data),
        .. RefusalData.RefusalJudge(data),
        .. RefusalData.SelfInstruct(data),
        .. RefusalData.OwnLabels(labels, "train"),
    ];

    private static TextClassifier TrainRefusal(string data, string labels, Action<string> report)
    {
        IReadOnlyList<LabelledText> texts = RefusalTexts(data, labels);
        IReadOnlyList<(LabelledText Text, double Score)> scored = Refusal.CrossValidate(texts);
        report(QualityLine.Of("refusal", $"all, {MetricTrainer.Folds}-fold cross-validation", scored, 0.5));
        report(QualityLine.Of("refusal", "– XSTest completions", Only(scored, "xstest"), 0.5));
        report(QualityLine.Of("refusal", "– of them partial refusals", Only(scored, "xstest partial"), 0.5));
        report(QualityLine.Of("refusal", "– refusal_judge", Only(scored, "refusal_judge"), 0.5));
        TextClassifier classifier = Refusal.Train(texts);
        List<LabelledText> test = [.. RefusalData.OwnLabels(labels, "test")];
        Outside(report, classifier, "default model's answers to validation prompts", test.Where(text => text.Source == "smollm2"));
        Outside(report, classifier, "written challenge set", test.Where(text => text.Source == "written"));
        return classifier;
    }

    private static TextClassifier TrainToxicity(string data, Action<string> report)
    {
        List<LabelledText> texts =
        [
            .. ToxicityData.RealToxicity(data, "toxicity", test: false),
            .. ToxicityData.Jigsaw(data, "toxic"),
            .. ToxicityData.HarmlessProse(data),
        ];
        List<LabelledText> surge = [.. ToxicityData.Surge(data)];
        Outside(report, Toxicity.Train(texts), "Surge toxicity, trained without it", surge);
        texts.AddRange(surge);
        IReadOnlyList<(LabelledText Text, double Score)> scored = Toxicity.CrossValidate(texts);
        report(QualityLine.Of("toxicity", $"all, {MetricTrainer.Folds}-fold cross-validation", scored, 0.5));
        report(QualityLine.Of("toxicity", "– Surge toxicity", Only(scored, "surge"), 0.5));
        TextClassifier classifier = Toxicity.Train(texts);
        Outside(
            report,
            classifier,
            "RealToxicityPrompts, odd continuations, toxicity above 0.5",
            ToxicityData.RealToxicity(data, "toxicity", test: true));
        return classifier;
    }

    private static TextClassifier TrainObscenity(string data, Action<string> report)
    {
        List<LabelledText> texts =
        [
            .. ToxicityData.RealToxicity(data, "profanity", test: false),
            .. ToxicityData.Jigsaw(data, "obscene"),
            .. ToxicityData.HarmlessProse(data),
        ];
        report(QualityLine.Of("obscenity", $"all, {MetricTrainer.Folds}-fold cross-validation", Obscenity.CrossValidate(texts), 0.5));
        TextClassifier classifier = Obscenity.Train(texts);
        Outside(
            report,
            classifier,
            "RealToxicityPrompts, odd continuations, profanity above 0.5",
            ToxicityData.RealToxicity(data, "profanity", test: true));
        return classifier;
    }

    private static List<(LabelledText Text, double Score)> Only(IReadOnlyList<(LabelledText Text, double Score)> scored, string source) =>
        [.. scored.Where(pair => pair.Text.Source.StartsWith(source, StringComparison.Ordinal))];

    private static void Outside(Action<string> report, TextClassifier classifier, string set, IEnumerable<LabelledText> texts) =>
        report(QualityLine.Of(
            classifier.Card.Name, set, [.. texts.Select(text => (text, classifier.Probability(text.Text)))], classifier.Card.Threshold));
}
