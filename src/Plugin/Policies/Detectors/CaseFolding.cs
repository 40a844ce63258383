using System.Globalization;
using System.Text;

namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Makes case irrelevant by lowering it in patterns and texts alike.</summary>
internal static class CaseFolding
{
    /// <summary>Folds a text; its length stays.</summary>
    public static string OfText(string text) => text.ToLowerInvariant().Replace('ς', 'σ');

    /// <summary>Folds a regular expression: letters that stand for themselves, and none of an escape's own.</summary>
    public static string OfPattern(string pattern)
    {
        StringBuilder folded = new(pattern.Length);
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '\\' || i + 1 == pattern.Length)
            {
                folded.Append(Fold(pattern[i]));
                continue;
            }

            char escaped = pattern[++i];
            int digits = escaped switch { 'x' => 2, 'u' => 4, _ => 0 };
            if (digits > 0 && i + digits < pattern.Length
                && ushort.TryParse(pattern.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            {
                folded.Append(CultureInfo.InvariantCulture, $"\\u{(int)Fold((char)code):x4}");
                i += digits;
            }
            else if (escaped is 'p' or 'P' && pattern.IndexOf('}', i) is > 0 and int end)
            {
                string category = pattern[(i + 1)..(end + 1)];
                folded.Append('\\').Append(escaped).Append(category is "{Lu}" or "{Ll}" or "{Lt}" ? "{L}" : category);
                i = end;
            }
            else
            {
                folded.Append('\\').Append(char.IsLetter(escaped) ? escaped : Fold(escaped));
            }
        }

        return folded.ToString();
    }

    private static char Fold(char character) => character == 'ς' ? 'σ' : char.ToLowerInvariant(character);
}
