using System.Globalization;
using System.Text;

namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>The text of one side of an interaction, prepared once for all detectors.</summary>
internal sealed class JudgedText
{
    /// <summary>The number of UTF-16 units that are judged; what lies beyond is not read.</summary>
    public const int MaxLength = 65_536;

    private AnswerTraits? _traits;

    public JudgedText(string text)
    {
        string judged = text.Length > MaxLength ? text[..MaxLength] : text;
        Normalized = Ascii.IsValid(judged) ? judged : Normalize(judged);
    }

    /// <summary>Gets the text in compatibility form, without invisible characters and with plain quotation marks.</summary>
    public string Normalized { get; }

    /// <summary>Gets how the text reads as an answer.</summary>
    public AnswerTraits Traits => _traits ??= AnswerTraits.Of(Normalized);

    private static string Normalize(string text)
    {
        StringBuilder kept = new(text.Length);
        // Enumerating runes turns half surrogate pairs into U+FFFD, on which normalization would throw.
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '‘' or '’' or 'ʼ':
                    kept.Append('\'');
                    break;
                case '“' or '”':
                    kept.Append('"');
                    break;
                default:
                    if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
                    {
                        kept.Append(rune.ToString());
                    }

                    break;
            }
        }

        return kept.ToString().Normalize(NormalizationForm.FormKC);
    }
}
