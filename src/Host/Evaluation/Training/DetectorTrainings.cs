using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>The trainings behind the classifiers that policies use; on none of the texts that the metrics are trained on.</summary>
internal static class DetectorTrainings
{
    // Detectors judge on the caller's path, so they read fewer n-grams than the metrics, and fewer words.
    private static readonly TextFeatureSettings _features =
        new() { HashBits = 16, WordOrder = 2, CharacterFrom = 3, CharacterTo = 4, Damping = 0.25, MaximumWords = 400 };

    private static readonly LogisticRegressionSettings _regression = new() { C = 1, MinimumOccurrences = 3 };

    /// <summary>Trains and measures both.</summary>
    /// <param name="data">The folder with the data sets.</param>
    /// <param name="report">Takes the lines of the quality table.</param>
    /// <returns>The classifiers to ship.</returns>
    public static IReadOnlyList<TrainedFile> Run(string data, Action<string> report)
    {
        report(QualityLine.Header);
        LabelledText[] tweets = [.. ToxicityData.Davidson(data)], surge = [.. ToxicityData.Surge(data)];
        MetricTrainer toxicity = new(
            "toxicity", _features, _regression, "RealToxicityPrompts, odd rows (Apache-2.0), tweets of Davidson et al. 2017 (MIT)");
        TextClassifier toxic = toxicity.Train([.. ToxicityData.OddRealToxicity(data, "toxicity"), .. tweets]);
        Outside(report, toxic, "Surge toxicity", surge);
        Outside(report, toxic, "RealToxicityPrompts, even rows", ToxicityData.RealToxicity(data, "toxicity", test: false));
        Outside(report, toxic, "answers of Self-Instruct and TruthfulQA", ToxicityData.OrdinaryAnswers(data));

        MetricTrainer obscenity = new("obscenity", _features, _regression, "RealToxicityPrompts, odd rows (Apache-2.0)");
        TextClassifier obscene = obscenity.Train([.. ToxicityData.OddRealToxicity(data, "profanity")]);
        Outside(report, obscene, "RealToxicityPrompts, even rows", ToxicityData.RealToxicity(data, "profanity", test: false));
        Outside(report, obscene, "answers of Self-Instruct and TruthfulQA", ToxicityData.OrdinaryAnswers(data));
        return [TrainedFile.Of(toxic), TrainedFile.Of(obscene)];
    }

    private static void Outside(Action<string> report, TextClassifier classifier, string set, IEnumerable<LabelledText> texts) =>
        report(QualityLine.Of(
            classifier.Card.Name, set, [.. texts.Select(text => (text, classifier.Probability(text.Text)))], classifier.Card.Threshold));
}
