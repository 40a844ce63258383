using Unlearning.Plugin.Classifiers;

namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Fires when a trained linear classifier gives the text's beginning at least a probability.</summary>
/// <param name="of">The class, <c>toxicity</c> or <c>obscenity</c>.</param>
/// <param name="threshold">The probability, 0 to 1.</param>
internal sealed class ClassifierDetector(string of, double threshold) : TextDetector
{
    // The classifier reads so many words, so longer text cannot change what it says.
    private const int MaxLength = 8192;

    private readonly TextClassifier _classifier = DetectorClassifiers.Of(of);

    public override bool Fires(JudgedText text) => _classifier.Probability(
        text.Normalized.Length > MaxLength ? text.Normalized[..MaxLength] : text.Normalized) >= threshold;
}
