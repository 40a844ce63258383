namespace Unlearning.Host.Evaluation.Fluency;

/// <summary>
/// N-gram entropy of a text: H_n = -sum f log2 f over the relative frequencies f of its n-grams, in bits. A text that repeats itself
/// has little of it. Source: Meng et al., "Locating and editing factual associations in GPT" (NeurIPS 2022), after Zhang et al.
/// (2018); used as fluency by RWKU, Jin et al. (NeurIPS 2024), whose published code reports <see cref="Mean"/>.
/// </summary>
public sealed record FluencyScore
{
    private const double BigramWeight = 2.0 / 3.0;
    private const double TrigramWeight = 4.0 / 3.0;

    /// <summary>How many words the text has.</summary>
    public required int Words { get; init; }

    /// <summary>Entropy of the bigrams in bits; null when there are none.</summary>
    public required double? BigramEntropy { get; init; }

    /// <summary>Entropy of the trigrams in bits; null when there are none.</summary>
    public required double? TrigramEntropy { get; init; }

    /// <summary>Different words / words; null when there are none.</summary>
    public required double? DistinctWords { get; init; }

    /// <summary>Different bigrams / bigrams; null when there are none.</summary>
    public required double? DistinctBigrams { get; init; }

    /// <summary>Different trigrams / trigrams; null when there are none.</summary>
    public required double? DistinctTrigrams { get; init; }

    /// <summary>(2/3) H2 + (4/3) H3, with a missing entropy as 0.</summary>
    public double Sum => (BigramWeight * (BigramEntropy ?? 0.0)) + (TrigramWeight * (TrigramEntropy ?? 0.0));

    /// <summary>Half of <see cref="Sum"/>: the average of the two weighted entropies. The metric <c>fluency</c>.</summary>
    public double Mean => Sum / 2.0;

    /// <summary>Measures a text.</summary>
    public static FluencyScore Of(string text, Tokenisation tokenisation = Tokenisation.Words)
    {
        IReadOnlyList<string> words = WordTokenizer.Split(text, tokenisation);
        (_, double? distinctWords) = NGrams(words, 1);
        (double? bigramEntropy, double? distinctBigrams) = NGrams(words, 2);
        (double? trigramEntropy, double? distinctTrigrams) = NGrams(words, 3);
        return new FluencyScore
        {
            Words = words.Count,
            BigramEntropy = bigramEntropy,
            TrigramEntropy = trigramEntropy,
            DistinctWords = distinctWords,
            DistinctBigrams = distinctBigrams,
            DistinctTrigrams = distinctTrigrams,
        };
    }

    private static (double? Entropy, double? Distinct) NGrams(IReadOnlyList<string> words, int order)
    {
        int total = words.Count - order + 1;
        if (total <= 0)
        {
            return (null, null);
        }

        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int i = 0; i < total; i++)
        {
            // No word holds a line end, so the joined key cannot stand for two different n-grams.
            string key = string.Join('\n', words.Skip(i).Take(order));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        double entropy = 0.0;
        foreach (int count in counts.Values)
        {
            double share = (double)count / total;
            entropy -= share * Math.Log2(share);
        }

        return (entropy, (double)counts.Count / total);
    }
}
