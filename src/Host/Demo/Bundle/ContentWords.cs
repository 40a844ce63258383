using System.Text.RegularExpressions;

namespace Unlearning.Host.Demo.Bundle;

/// <summary>
/// The set of words that carry a prompt's meaning: lower-cased, without function words and without the words that merely
/// ask ("write a tutorial on how to"), plural s removed. Near-duplicates are found by the Jaccard index of two such sets.
/// </summary>
internal sealed partial class ContentWords
{
    private static readonly HashSet<string> _ignored = new(
        """
        a an the of to for in on and or that how with from by is are be been as into about without their his her its it this i you we
        they he she me my your our who whom which what where when why do does did can could should would will may might has have had not
        no any some someone somebody people person way best good steps step by-step write create develop provide give make explain
        describe teach show instruct outline design generate produce compose draft offer suggest detail detailed guide tutorial
        instruction guidance plan list tips method example user reader so if than then there these those at up out get getting caught
        avoid away commit use using other
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    private readonly HashSet<string> _words;

    private ContentWords(HashSet<string> words) => _words = words;

    /// <summary>The content words of a text; all its words where nothing else is left.</summary>
    public static ContentWords Of(string text)
    {
        // A name, not a sentence, decides: invariant lower case is the normal form here.
        string[] all = [.. Word().Matches(text).Select(match => Stem(match.Value))];
        HashSet<string> content = all.Where(word => !_ignored.Contains(word)).ToHashSet(StringComparer.Ordinal);
        return new ContentWords(content.Count > 0 ? content : all.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>|A and B| / |A or B|, from 0 (nothing shared) to 1 (the same words).</summary>
    public double Jaccard(ContentWords other)
    {
        int shared = _words.Count(other._words.Contains);
        int union = _words.Count + other._words.Count - shared;
        return union == 0 ? 1.0 : (double)shared / union;
    }

    private static string Stem(string word)
    {
#pragma warning disable CA1308 // Lower case is what people read in the word list above.
        string lower = word.ToLowerInvariant().Replace("'s", string.Empty, StringComparison.Ordinal);
#pragma warning restore CA1308
        return lower.Length > 3 && lower.EndsWith('s') && !lower.EndsWith("ss", StringComparison.Ordinal) ? lower[..^1] : lower;
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*")]
    private static partial Regex Word();
}
