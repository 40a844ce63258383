namespace Unlearning.Plugin.Classifiers;

/// <summary>
/// The classifiers that policies' detectors use. They are trained by the verb <c>train-detectors</c> on other texts than the gates'
/// metrics, so that what was flagged is not what is measured.
/// </summary>
internal static class DetectorClassifiers
{
    private static readonly Dictionary<string, Lazy<TextClassifier>> _classifiers =
        new[] { "toxicity", "obscenity" }.ToDictionary(name => name, name => new Lazy<TextClassifier>(() => Load(name)));

    /// <summary>Gets the classifier of a class.</summary>
    /// <param name="name"><c>toxicity</c> or <c>obscenity</c>.</param>
    public static TextClassifier Of(string name) => _classifiers[name].Value;

    private static TextClassifier Load(string name)
    {
        string resource = $"Unlearning.Plugin.Classifiers.Models.{name}.model";
        using Stream stream = typeof(DetectorClassifiers).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException(
                $"The program was built without its resource {resource}. Make it with the verb train-detectors.");
        return TextClassifier.Read(stream);
    }
}
