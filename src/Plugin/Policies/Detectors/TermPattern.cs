using System.Text;
using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Writes a list of words and phrases as one regular expression.</summary>
internal static class TermPattern
{
    /// <summary>
    /// Gives a pattern that finds any of the terms as whole words. Words of a phrase may be apart by any white space or a hyphen; a
    /// trailing <c>*</c> stands for any ending.
    /// </summary>
    public static string Of(IEnumerable<string> terms)
    {
        StringBuilder pattern = new();
        foreach (string term in terms.Select(term => term.Trim()).Where(term => term.Length > 0))
        {
            bool anyEnding = term.EndsWith('*');
            string[] words = (anyEnding ? term[..^1] : term).Split((char[])[' ', '-'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            pattern.Append(pattern.Length > 0 ? "|" : "")
                .Append(IsWordCharacter(words[0][0]) ? @"\b" : "")
                .AppendJoin(@"[\s\-]+", words.Select(Regex.Escape))
                .Append(anyEnding ? @"\w*" : IsWordCharacter(words[^1][^1]) ? @"\b" : "");
        }

        return pattern.ToString();
    }

    private static bool IsWordCharacter(char character) => char.IsLetterOrDigit(character) || character == '_';
}
