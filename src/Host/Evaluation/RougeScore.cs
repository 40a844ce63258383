using System.Text.RegularExpressions;

namespace Unlearning.Host.Evaluation;

/// <summary>
/// ROUGE between a candidate and one reference, each number from 0 to 1. Source: C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of
/// Summaries", 2004; words as Google's <c>rouge_score</c> without a stemmer has them: lower-cased runs of a-z and 0-9, so that accents
/// split words and other scripts vanish. Without words on either side all numbers are 0.
/// </summary>
/// <param name="Precision">Matched words / words of the candidate.</param>
/// <param name="Recall">Matched words / words of the reference.</param>
public sealed partial record RougeScore(double Precision, double Recall)
{
    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    /// <summary>ROUGE-1: matches are words in common, each as often as both have it.</summary>
    public static RougeScore Unigrams(string reference, string candidate)
    {
        string[] expected = Words(reference);
        string[] given = Words(candidate);
        Dictionary<string, int> counts = expected.CountBy(word => word).ToDictionary();
        return Of(given.CountBy(word => word).Sum(word => Math.Min(word.Value, counts.GetValueOrDefault(word.Key))), expected, given);
    }

    /// <summary>ROUGE-L: matches are the words of the longest common subsequence.</summary>
    public static RougeScore LongestSubsequence(string reference, string candidate)
    {
        string[] expected = Words(reference);
        string[] given = Words(candidate);
        int[] row = new int[given.Length + 1];
        foreach (string word in expected)
        {
            int diagonal = 0;
            for (int j = 1; j <= given.Length; j++)
            {
                int above = row[j];
                row[j] = word == given[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }

        return Of(row[^1], expected, given);
    }

    private static RougeScore Of(int matched, string[] reference, string[] candidate) =>
        reference.Length == 0 || candidate.Length == 0
            ? new RougeScore(0, 0)
            : new RougeScore((double)matched / candidate.Length, (double)matched / reference.Length);

#pragma warning disable CA1308 // The definition lower-cases.
    private static string[] Words(string text) => [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value)];
#pragma warning restore CA1308

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex Word();
}
