using System.Text;

namespace Unlearning.Host.Evaluation.Fluency;

/// <summary>Cuts a text into the words of a <see cref="Tokenisation"/>. Works on code points, so that emoji and rare scripts stay
/// whole.</summary>
public static class WordTokenizer
{
    /// <summary>The words of a text, in order; none for an empty or blank text.</summary>
    public static IReadOnlyList<string> Split(string text, Tokenisation tokenisation)
    {
        ArgumentNullException.ThrowIfNull(text);
        return tokenisation switch
        {
            Tokenisation.Whitespace => Blanks(text),
            Tokenisation.Words => Words(text),
            Tokenisation.Treebank => Blanks(TreebankSpacing.Apply(text)),
            _ => throw new ArgumentOutOfRangeException(nameof(tokenisation)),
        };
    }

    private static List<string> Blanks(string text)
    {
        List<string> words = [];
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || IsBlank(text[i]))
            {
                if (start >= 0)
                {
                    words.Add(text[start..i]);
                }

                start = -1;
            }
            else if (start < 0)
            {
                start = i;
            }
        }

        return words;
    }

    private static List<string> Words(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        void Flush()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsLetter(rune) || Rune.IsNumber(rune) || rune.Value == '_')
            {
                word.Append(rune.ToString());
                continue;
            }

            Flush();
            if (!(rune.IsBmp && IsBlank((char)rune.Value)))
            {
                words.Add(rune.ToString());
            }
        }

        Flush();
        return words;
    }

    /// <summary>Python's white space: .NET's, and the four separators U+001C to U+001F.</summary>
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';
}
