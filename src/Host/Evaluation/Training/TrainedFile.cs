using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>A trained classifier as a file.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Examples">How many texts it was trained on.</param>
/// <param name="Write">Writes it.</param>
internal sealed record TrainedFile(string Name, int Examples, Action<Stream> Write)
{
    /// <summary>The file of a classifier by n-grams.</summary>
    public static TrainedFile Of(TextClassifier classifier) => new($"{classifier.Card.Name}.model", classifier.Card.Examples, classifier.Write);

    /// <summary>The file of a classifier of exchanges.</summary>
    public static TrainedFile Of(ExchangeClassifier classifier) => new($"{classifier.Meaning.Name}.exchange.json", classifier.Meaning.Examples, classifier.Write);
}
