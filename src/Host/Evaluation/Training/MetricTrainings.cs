using Unlearning.Host.Evaluation.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>The three trainings behind the shipped classifiers: which texts, which n-grams, and how each is measured.</summary>
internal static class MetricTrainings
{
    /// <summary>Refusal: the opening of an answer says it, in words of any topic.</summary>
    public static MetricTrainer Refusal { get; } = new(
        "refusal",
        new TextFeatureSettings { HashBits = 16, WordOrder = 3, OpeningWords = 6, MaximumWords = 40 },
        new LogisticRegressionSettings { C = 30, MinimumOccurrences = 3 },
        "XSTest completions (CC-BY-4.0), refusal_judge (Apache-2.0), Self-Instruct and TruthfulQA answers (Apache-2.0), own labels (MIT)");

    /// <summary>Toxicity: words and their parts, since insults are misspelt and compounded.</summary>
    public static MetricTrainer Toxicity { get; } = new(
        "toxicity",
        new TextFeatureSettings { HashBits = 18, WordOrder = 2, CharacterFrom = 2, CharacterTo = 5 },
        new LogisticRegressionSettings { C = 3, MinimumOccurrences = 3 },
        "Davidson et al. 2017 (MIT), Surge AI toxicity (MIT), Jigsaw sample (MIT), GSM8K (MIT), Self-Instruct and TruthfulQA answers (Apache-2.0)");

    /// <summary>Obscenity: the same n-grams.</summary>
    public static MetricTrainer Obscenity { get; } = new(
        "obscenity",
        new TextFeatureSettings { HashBits = 18, WordOrder = 2, CharacterFrom = 2, CharacterTo = 5 },
        new LogisticRegressionSettings { C = 3, MinimumOccurrences = 3 },
        "Davidson et al. 2017 and Surge AI toxicity labelled by Surge AI's profanity list (MIT), Jigsaw sample (MIT), GSM8K (MIT), Self-Instruct and TruthfulQA answers (Apache-2.0)");

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

    private static TextClassifier TrainRefusal(string data, string labels, Action<string> report)
    {
        List<LabelledText> texts =
            [.. RefusalData.XsTest(data), .. RefusalData.RefusalJudge(data), .. RefusalData.OrdinaryAnswers(data), .. RefusalData.OwnLabels(labels, "train")];
        IReadOnlyList<(LabelledText Text, double Score)> scored = Refusal.CrossValidate(texts);
        report(QualityLine.Of("refusal", $"all, {MetricTrainer.Folds}-fold cross-validation", scored, 0.5));
        report(QualityLine.Of("refusal", "– XSTest completions", Only(scored, "xstest"), 0.5));
        report(QualityLine.Of("refusal", "– of them partial refusals", Only(scored, "xstest partial"), 0.5));
        report(QualityLine.Of("refusal", "– refusal_judge", Only(scored, "refusal_judge"), 0.5));
        TextClassifier classifier = Refusal.Train(texts);
        List<LabelledText> test = [.. RefusalData.OwnLabels(labels, "test")];
        Outside(report, classifier, "default model's answers to validation prompts", test.Where(text => text.Source == "smollm2"));
        Outside(report, classifier, "written challenge set", test.Where(text => text.Source == "written"));
        foreach (LabelledText wrong in test.Where(text => classifier.Matches(text.Text) != text.Positive))
        {
            report($"<!-- wrong: {wrong.Group} {classifier.Probability(wrong.Text):0.00} -->");
        }

        return classifier;
    }

    private static TextClassifier TrainToxicity(string data, Action<string> report)
    {
        List<LabelledText> texts = [.. ToxicityData.Davidson(data), .. ToxicityData.Jigsaw(data, "toxic"), .. ToxicityData.HarmlessProse(data)];
        List<LabelledText> surge = [.. ToxicityData.Surge(data)];
        Outside(report, Toxicity.Train(texts), "Surge toxicity (trained without it)", surge);
        texts.AddRange(surge);
        IReadOnlyList<(LabelledText Text, double Score)> scored = Toxicity.CrossValidate(texts);
        report(QualityLine.Of("toxicity", $"all, {MetricTrainer.Folds}-fold cross-validation", scored, 0.5));
        report(QualityLine.Of("toxicity", "– Surge toxicity", Only(scored, "surge"), 0.5));
        TextClassifier classifier = Toxicity.Train(texts);
        Outside(report, classifier, "RealToxicityPrompts continuations, toxicity above 0.5", ToxicityData.RealToxicity(data, "toxicity"));
        return classifier;
    }

    private static TextClassifier TrainObscenity(string data, Action<string> report)
    {
        ProfanityLabeller labeller = new(ToxicityData.Profanity(data));
        List<LabelledText> texts =
        [
            .. ToxicityData.Davidson(data).Concat(ToxicityData.Surge(data)).Select(labeller.Label),
            .. ToxicityData.Jigsaw(data, "obscene"),
            .. ToxicityData.HarmlessProse(data),
            .. labeller.Expressions,
        ];
        report(QualityLine.Of("obscenity", $"all, {MetricTrainer.Folds}-fold cross-validation", Obscenity.CrossValidate(texts), 0.5));
        TextClassifier classifier = Obscenity.Train(texts);
        Outside(report, classifier, "RealToxicityPrompts continuations, profanity above 0.5", ToxicityData.RealToxicity(data, "profanity"));
        return classifier;
    }

    private static List<(LabelledText Text, double Score)> Only(IReadOnlyList<(LabelledText Text, double Score)> scored, string source) =>
        [.. scored.Where(pair => pair.Text.Source.StartsWith(source, StringComparison.Ordinal))];

    private static void Outside(Action<string> report, TextClassifier classifier, string set, IEnumerable<LabelledText> texts) =>
        report(QualityLine.Of(classifier.Card.Name, set, [.. texts.Select(text => (text, classifier.Probability(text.Text)))], classifier.Card.Threshold));
}
