using System.Globalization;
using System.Text;

namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>The text of one side of an interaction, prepared once for all detectors.</summary>
internal sealed class JudgedText
{
    /// <summary>The number of UTF-16 units that are judged; what lies beyond is not read.</summary>
    public const int MaxLength = 65_536;

    // Policies share patterns, and a shared one is compiled once: what it found for one policy holds for the next.
    private readonly Dictionary<TextPattern, bool> _found = [];

    private AnswerTraits? _traits;
    private string? _folded;
    private Dictionary<CostlyQuestion, Verdict>? _answers;
    private List<CostlyQuestion>? _wanted;

    /// <summary>Prepares a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prompt">What it answers, for models that judge an answer by it; null for a prompt.</param>
    public JudgedText(string text, string? prompt = null)
    {
        string judged = text.Length > MaxLength ? text[..MaxLength] : text;
        Normalized = Ascii.IsValid(judged) ? judged : Normalize(judged);
        Prompt = prompt;
    }

    /// <summary>Gets what the text answers; null for a prompt.</summary>
    public string? Prompt { get; }

    /// <summary>Gets what has been asked for in vain since the last call of <see cref="TakeWanted"/>.</summary>
    public bool WantsAnswers => _wanted is { Count: > 0 };

    /// <summary>Gets the text in compatibility form, without invisible characters and with plain quotation marks.</summary>
    public string Normalized { get; }

    /// <summary>Gets the same text with the case folded.</summary>
    public string Folded => _folded ??= CaseFolding.OfText(Normalized);

    /// <summary>Gets how the text reads as an answer.</summary>
    public AnswerTraits Traits => _traits ??= AnswerTraits.Of(Normalized);

    /// <summary>Whether a pattern occurs; sought once, however many policies ask.</summary>
    public bool Has(TextPattern pattern)
    {
        if (!_found.TryGetValue(pattern, out bool found))
        {
            found = pattern.IsMatch(this);
            _found.Add(pattern, found);
        }

        return found;
    }

    /// <summary>Gives what a model or service said to a question, and notes that it is wanted when it was not asked yet.</summary>
    public Verdict AnswerTo(CostlyQuestion question)
    {
        if (_answers is not null && _answers.TryGetValue(question, out Verdict answer))
        {
            return answer;
        }

        _wanted ??= [];
        if (!_wanted.Contains(question))
        {
            _wanted.Add(question);
        }

        return Verdict.Unknown;
    }

    /// <summary>Notes an answer; <see cref="Verdict.Unknown"/> for one that could not be had.</summary>
    public void Note(CostlyQuestion question, Verdict answer) => (_answers ??= [])[question] = answer;

    /// <summary>Gives the questions that are still to be asked, and forgets that they were wanted.</summary>
    public IReadOnlyList<CostlyQuestion> TakeWanted()
    {
        IReadOnlyList<CostlyQuestion> wanted = _wanted ?? [];
        _wanted = null;
        return wanted;
    }

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
                case >= 0xFF01 and <= 0xFF5E:
                    // Compatibility forms do this too, but not in a process without culture data.
                    kept.Append((char)(rune.Value - 0xFEE0));
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
