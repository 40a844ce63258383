using Unlearning.Host.Evaluation.Statistics;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>Trains one classifier and measures it by cross-validation and on sets outside its training.</summary>
internal sealed class MetricTrainer(string name, TextFeatureSettings features, LogisticRegressionSettings regression, string trainedOn)
{
    /// <summary>Number of folds of the cross-validation.</summary>
    public const int Folds = 5;

    /// <summary>Trains on all texts.</summary>
    public TextClassifier Train(IReadOnlyList<LabelledText> texts, double threshold = 0.5)
    {
        TextFeatures extractor = new(features);
        SparseVector[] vectors = [.. texts.Select(text => extractor.Of(text.Text))];
        (float[] weights, double bias) = LogisticRegression.Fit(
            vectors, [.. texts.Select(text => text.Positive)], extractor.Dimension, regression);
        TextClassifierCard card = new()
        {
            Name = name,
            Features = features,
            Bias = bias,
            Threshold = threshold,
            TrainedOn = trainedOn,
            Examples = texts.Count,
        };
        return new TextClassifier(card, weights);
    }

    /// <summary>Scores each text by a classifier trained on the other folds; texts of one group share a fold.</summary>
    public IReadOnlyList<(LabelledText Text, double Score)> CrossValidate(IReadOnlyList<LabelledText> texts)
    {
        // Groups are dealt to folds in the order of a seeded shuffle.
        string[] groups = [.. texts.Select(text => text.Group).Distinct()];
        SplitMix random = new(20);
        for (int i = groups.Length - 1; i > 0; i--)
        {
            int j = random.Below(i + 1);
            (groups[i], groups[j]) = (groups[j], groups[i]);
        }

        Dictionary<string, int> fold = groups
            .Select((group, index) => (group, index))
            .ToDictionary(pair => pair.group, pair => pair.index % Folds);
        List<(LabelledText, double)> scored = [];
        for (int k = 0; k < Folds; k++)
        {
            TextClassifier classifier = Train([.. texts.Where(text => fold[text.Group] != k)]);
            scored.AddRange(texts.Where(text => fold[text.Group] == k).Select(text => (text, classifier.Probability(text.Text))));
        }

        return scored;
    }
}
