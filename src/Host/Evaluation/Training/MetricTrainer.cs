using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>Trains one classifier and measures it by cross-validation and on sets outside its training.</summary>
internal sealed class MetricTrainer(string name, TextFeatureSettings features, LogisticRegressionSettings regression, string trainedOn)
{
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
    public IReadOnlyList<(LabelledText Text, double Score)> CrossValidate(IReadOnlyList<LabelledText> texts) =>
        CrossValidation.Score(texts, part =>
        {
            TextClassifier classifier = Train(part);
            return text => classifier.Probability(text.Text);
        });
}
