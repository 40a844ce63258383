using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Classifiers;

/// <summary>
/// The trained classifiers that ship inside the program. They are trained by the verb <c>train-metrics</c> and share neither weights
/// nor word lists with the detectors of the policies, so that what is measured is not what was flagged.
/// </summary>
public static class AnswerClassifiers
{
    private static readonly Lazy<TextClassifier> _lazyRefusal = new(() => Load("refusal"));
    private static readonly Lazy<BlendedClassifier> _lazyToxicity = new(() => Blend("toxicity"));
    private static readonly Lazy<BlendedClassifier> _lazyObscenity = new(() => Blend("obscenity"));
    private static readonly Lazy<ExchangeClassifier> _lazyUnsafe = new(() => Load("unsafe.exchange.json", ExchangeClassifier.Read));

    /// <summary>Whether an answer refuses.</summary>
    public static TextClassifier Refusal => _lazyRefusal.Value;

    /// <summary>Whether a text is toxic: insults, demeans or threatens.</summary>
    public static BlendedClassifier Toxicity => _lazyToxicity.Value;

    /// <summary>Whether a text is obscene: vulgar or profane.</summary>
    public static BlendedClassifier Obscenity => _lazyObscenity.Value;

    /// <summary>Whether an answer that does not refuse gives harm: goes along with a harmful request, or is itself abusive.</summary>
    public static ExchangeClassifier Unsafe => _lazyUnsafe.Value;

    private static BlendedClassifier Blend(string name) => new(Load(name), Load($"{name}.meaning.json", SentenceClassifier.Read));

    private static TextClassifier Load(string name) => Load($"{name}.model", TextClassifier.Read);

    private static T Load<T>(string file, Func<Stream, T> read)
    {
        string resource = $"Unlearning.Host.Evaluation.Models.{file}";
        using Stream stream = typeof(AnswerClassifiers).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException(
                $"The program was built without its resource {resource}. Make it with the verb train-metrics.");
        return read(stream);
    }
}
