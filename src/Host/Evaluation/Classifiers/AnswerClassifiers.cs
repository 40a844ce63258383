using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Classifiers;

/// <summary>
/// The trained classifiers that ship inside the program. They are trained by the verb <c>train-metrics</c> and share neither weights
/// nor word lists with the detectors of the policies, so that what is measured is not what was flagged.
/// </summary>
public static class AnswerClassifiers
{
    private static readonly Lazy<TextClassifier> _lazyRefusal = new(() => Load("refusal"));
    private static readonly Lazy<TextClassifier> _lazyToxicity = new(() => Load("toxicity"));
    private static readonly Lazy<TextClassifier> _lazyObscenity = new(() => Load("obscenity"));

    /// <summary>Whether an answer refuses.</summary>
    public static TextClassifier Refusal => _lazyRefusal.Value;

    /// <summary>Whether a text is toxic: insults, demeans or threatens.</summary>
    public static TextClassifier Toxicity => _lazyToxicity.Value;

    /// <summary>Whether a text is obscene: vulgar or profane.</summary>
    public static TextClassifier Obscenity => _lazyObscenity.Value;

    private static TextClassifier Load(string name)
    {
        string resource = $"Unlearning.Host.Evaluation.Models.{name}.model";
        using Stream stream = typeof(AnswerClassifiers).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException(
                $"The program was built without its resource {resource}. Make it with the verb train-metrics.");
        return TextClassifier.Read(stream);
    }
}
