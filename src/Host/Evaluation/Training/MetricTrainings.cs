using Unlearning.Host.Embeddings;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>The trainings behind the shipped classifiers: which texts, which n-grams, and how each is measured.</summary>
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
    /// Toxicity: words and their parts, since insults are misspelt and compounded, and the sentence's meaning. Tweets of Davidson et al. 2017
    /// are not in it: the policies' detectors are trained on them, and what was flagged must not be what is measured.
    /// </summary>
    public static BlendTrainer Toxicity { get; } = Blend(
        "toxicity",
        "RealToxicityPrompts, even rows (Apache-2.0), Surge AI toxicity (MIT), Jigsaw sample (CC0, comments CC BY-SA 3.0), GSM8K questions (MIT), " +
        "Self-Instruct and TruthfulQA answers (Apache-2.0)");

    /// <summary>Obscenity: the same. A list of profane words as further examples made it worse, so it has seen none.</summary>
    public static BlendTrainer Obscenity { get; } = Blend(
        "obscenity",
        "RealToxicityPrompts, even rows (Apache-2.0), Jigsaw sample (CC0, comments CC BY-SA 3.0), GSM8K questions (MIT), " +
        "Self-Instruct and TruthfulQA answers (Apache-2.0)");

    /// <summary>Trains and measures all.</summary>
    /// <param name="data">The folder with the data sets.</param>
    /// <param name="folder">The folder with the project's own labels and pairs.</param>
    /// <param name="report">Takes the lines of the quality table.</param>
    /// <returns>The classifiers to ship, by their files' names.</returns>
    public static IReadOnlyList<TrainedFile> Run(string data, string folder, Action<string> report)
    {
        string labels = Path.Combine(folder, "refusal_labels.jsonl");
        report(QualityLine.Header);
        TextClassifier refusal = TrainRefusal(data, labels, report);
        ExchangeClassifier unsafeExchange =
            new UnsafeTraining(refusal, SentenceVectors.Of).Run(data, labels, Path.Combine(folder, "unsafe_pairs.jsonl"), report);
        return
        [
            TrainedFile.Of(refusal),
            TrainedFile.Of(unsafeExchange),
            .. Files(TrainToxicity(data, report)),
            .. Files(TrainObscenity(data, report)),
        ];
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
        report(QualityLine.Of("refusal", $"all, {CrossValidation.Folds}-fold cross-validation", scored, 0.5));
        report(QualityLine.Of("refusal", "– XSTest completions", Only(scored, "xstest"), 0.5));
        report(QualityLine.Of("refusal", "– of them partial refusals", Only(scored, "xstest partial"), 0.5));
        report(QualityLine.Of("refusal", "– refusal_judge", Only(scored, "refusal_judge"), 0.5));
        TextClassifier classifier = Refusal.Train(texts);
        List<LabelledText> test = [.. RefusalData.OwnLabels(labels, "test")];
        Outside(report, classifier, "default model's answers to validation prompts", test.Where(text => text.Source == "smollm2"));
        Outside(report, classifier, "written challenge set", test.Where(text => text.Source == "written"));
        return classifier;
    }

    private static BlendedClassifier TrainToxicity(string data, Action<string> report)
    {
        LabelledText[] jigsaw = [.. ToxicityData.Jigsaw(data, "toxic")], prose = [.. ToxicityData.HarmlessProse(data)];
        LabelledText[] surge = [.. ToxicityData.Surge(data)], odd = [.. ToxicityData.RealToxicity(data, "toxicity", test: true)];
        LabelledText[] even = [.. ToxicityData.RealToxicity(data, "toxicity", test: false)];
        Outside(report, Toxicity, Toxicity.Train([.. even, .. jigsaw, .. prose]), "Surge toxicity, trained without it", surge);
        Outside(report, Toxicity, Toxicity.Train([.. jigsaw, .. prose, .. surge]), "RealToxicityPrompts, odd continuations, trained without the set", odd);

        // The order decides the sums' last bits.
        LabelledText[] texts = [.. even, .. jigsaw, .. prose, .. surge];
        IReadOnlyList<(LabelledText Text, double Score)> scored = Toxicity.CrossValidate(texts);
        report(QualityLine.Of("toxicity", $"all, {CrossValidation.Folds}-fold cross-validation", scored, BlendedClassifier.Threshold));
        report(QualityLine.Of("toxicity", "– Surge toxicity", Only(scored, "surge"), BlendedClassifier.Threshold));
        BlendedClassifier classifier = Toxicity.Train(texts);
        Outside(report, Toxicity, classifier, "RealToxicityPrompts, odd continuations, toxicity above 0.5", odd);
        return classifier;
    }

    private static BlendedClassifier TrainObscenity(string data, Action<string> report)
    {
        LabelledText[] jigsaw = [.. ToxicityData.Jigsaw(data, "obscene")], prose = [.. ToxicityData.HarmlessProse(data)];
        LabelledText[] odd = [.. ToxicityData.RealToxicity(data, "profanity", test: true)];
        LabelledText[] texts = [.. ToxicityData.RealToxicity(data, "profanity", test: false), .. jigsaw, .. prose];
        Outside(report, Obscenity, Obscenity.Train([.. jigsaw, .. prose]), "RealToxicityPrompts, odd continuations, trained without the set", odd);
        report(QualityLine.Of(
            "obscenity", $"all, {CrossValidation.Folds}-fold cross-validation", Obscenity.CrossValidate(texts), BlendedClassifier.Threshold));
        BlendedClassifier classifier = Obscenity.Train(texts);
        Outside(report, Obscenity, classifier, "RealToxicityPrompts, odd continuations, profanity above 0.5", odd);
        return classifier;
    }

    private static BlendTrainer Blend(string name, string trainedOn) => new(
        new MetricTrainer(
            name,
            new TextFeatureSettings { HashBits = 18, WordOrder = 2, CharacterFrom = 2, CharacterTo = 5, Damping = 0.25 },
            new LogisticRegressionSettings { C = 1, MinimumOccurrences = 3 },
            trainedOn),
        trainedOn);

    private static TrainedFile[] Files(BlendedClassifier classifier) =>
    [
        TrainedFile.Of(classifier.Words),
        new($"{classifier.Name}.meaning.json", classifier.Meaning.Examples, classifier.Meaning.Write),
    ];

    private static List<(LabelledText Text, double Score)> Only(IReadOnlyList<(LabelledText Text, double Score)> scored, string source) =>
        [.. scored.Where(pair => pair.Text.Source.StartsWith(source, StringComparison.Ordinal))];

    private static void Outside(Action<string> report, TextClassifier classifier, string set, IEnumerable<LabelledText> texts) =>
        report(QualityLine.Of(
            classifier.Card.Name, set, [.. texts.Select(text => (text, classifier.Probability(text.Text)))], classifier.Card.Threshold));

    // The n-grams alone have a line of their own: they can be chosen, and the committed results stand on them.
    private static void Outside(
        Action<string> report, BlendTrainer trainer, BlendedClassifier classifier, string set, IReadOnlyList<LabelledText> texts)
    {
        report(QualityLine.Of(classifier.Name, set, trainer.Score(classifier, texts), BlendedClassifier.Threshold));
        Outside(report, classifier.Words, "– by n-grams alone", texts);
    }
}
