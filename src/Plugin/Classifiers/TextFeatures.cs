using System.Text;
using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Classifiers;

/// <summary>
/// Turns a text into a sparse vector: the set of its word and character n-grams, hashed (FNV-1a), each family damped by its size.
/// A set, not a count: a text that repeats a word is not more of what the word says.
/// </summary>
public sealed partial class TextFeatures(TextFeatureSettings settings)
{
    /// <summary>The settings in use.</summary>
    public TextFeatureSettings Settings { get; } = settings;

    /// <summary>The number of buckets.</summary>
    public int Dimension => 1 << Settings.HashBits;

    /// <summary>The features of a text in the order of their buckets; empty for a text without words.</summary>
    public SparseVector Of(string text)
    {
        string[] words = Words(text);
        if (Settings.MaximumWords > 0 && words.Length > Settings.MaximumWords)
        {
            words = words[..Settings.MaximumWords];
        }

        Dictionary<int, float> values = [];
        Add(values, WordGrams(words));
        if (Settings.CharacterFrom > 0)
        {
            Add(values, CharacterGrams(words));
        }

        int[] indices = [.. values.Keys];
        Array.Sort(indices);
        return new SparseVector(indices, Array.ConvertAll(indices, index => values[index]));
    }

    /// <summary>
    /// Lower-cased words and single punctuation marks. Links, @names and HTML entities are dropped, contractions opened ("can't" is
    /// "can not", so that a refusal is one in either spelling), digits made alike, and letters repeated thrice or more cut to two.
    /// </summary>
    internal static string[] Words(string text)
    {
#pragma warning disable CA1308 // The features are lower-case by convention; nothing is compared for security.
        string plain = text.Replace('’', '\'').Replace('`', '\'').ToLowerInvariant();
#pragma warning restore CA1308
        plain = Noise().Replace(plain, " ");
        plain = Stretched().Replace(plain, "$1$1");
        plain = plain.Replace("can't", "can not", StringComparison.Ordinal).Replace("cannot", "can not", StringComparison.Ordinal)
            .Replace("won't", "will not", StringComparison.Ordinal).Replace("n't", " not", StringComparison.Ordinal)
            .Replace("i'm", "i am", StringComparison.Ordinal).Replace("'re", " are", StringComparison.Ordinal)
            .Replace("'ll", " will", StringComparison.Ordinal).Replace("'ve", " have", StringComparison.Ordinal);
        return [.. Word().Matches(plain).Select(match => char.IsDigit(match.Value[0]) ? "0" : match.Value)];
    }

    private static IEnumerable<uint> Hashes(string[] words, int order, string prefix, int starts)
    {
        for (int i = 0; i + order <= words.Length && i < starts; i++)
        {
            uint hash = Hash(2166136261u, prefix);
            for (int j = i; j < i + order; j++)
            {
                hash = Hash(Hash(hash, words[j]), " ");
            }

            yield return hash;
        }
    }

    private static uint Hash(uint hash, ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return hash;
    }

    private IEnumerable<uint> WordGrams(string[] words)
    {
        for (int order = 1; order <= Settings.WordOrder; order++)
        {
            foreach (uint hash in Hashes(words, order, "w", int.MaxValue))
            {
                yield return hash;
            }

            foreach (uint hash in Hashes(words, order, "o", Settings.OpeningWords))
            {
                yield return hash;
            }
        }
    }

    private IEnumerable<uint> CharacterGrams(string[] words)
    {
        StringBuilder text = new(" ");
        foreach (string word in words)
        {
            text.Append(word).Append(' ');
        }

        string joined = text.ToString();
        for (int order = Settings.CharacterFrom; order <= Settings.CharacterTo; order++)
        {
            for (int i = 0; i + order <= joined.Length; i++)
            {
                yield return Hash(Hash(2166136261u, "c"), joined.AsSpan(i, order));
            }
        }
    }

    private void Add(Dictionary<int, float> values, IEnumerable<uint> hashes)
    {
        // The high bits are folded in: FNV's low bits alone are its weak ones.
        HashSet<int> buckets = [.. hashes.Select(hash => (int)((hash ^ (hash >> 15)) & (uint)(Dimension - 1)))];
        float scale = (float)Math.Pow(Math.Max(1, buckets.Count), -Settings.Damping);
        foreach (int bucket in buckets)
        {
            values[bucket] = values.GetValueOrDefault(bucket) + scale;
        }
    }

    [GeneratedRegex(@"https?://\S+|www\.\S+|@\w+|&#?\w+;|\brt\b")]
    private static partial Regex Noise();

    [GeneratedRegex(@"(\p{L})\1{2,}")]
    private static partial Regex Stretched();

    [GeneratedRegex(@"\p{L}+(?:'\p{L}+)*|\p{N}+|[^\s\p{L}\p{N}]")]
    private static partial Regex Word();
}
