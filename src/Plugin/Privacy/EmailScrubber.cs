namespace Unlearning.Plugin.Privacy;

/// <summary>E-mail addresses, international ones included.</summary>
internal sealed class EmailScrubber() : Scrubber("[email]")
{
    private const int LongestLocalPart = 64, LongestDomain = 253;

    /// <inheritdoc/>
    public override void Find(ReadOnlySpan<char> text, List<(int Start, int Length)> found)
    {
        int free = 0;
        for (int at = 0; at < text.Length; at++)
        {
            int next = text[at..].IndexOf('@');
            if (next < 0)
                return;
            at += next;
            int start = at;
            while (start > free && at - start < LongestLocalPart && IsLocal(text[start - 1]))
                start--;
            int end = EndOfDomain(text, at + 1);
            if (start < at && end > 0)
            {
                found.Add((start, end - start));
                free = end;
            }
        }
    }

    // The longest run of labels whose last one could be a top-level domain; 0 for none.
    private static int EndOfDomain(ReadOnlySpan<char> text, int start)
    {
        int end = 0, label = start, limit = Math.Min(text.Length, start + LongestDomain);
        for (int i = start; i <= limit; i++)
        {
            if (i < limit && (char.IsLetterOrDigit(text[i]) || text[i] == '-'))
                continue;
            ReadOnlySpan<char> last = text[label..i].TrimEnd('-');
            if (label > start && IsTopLevel(last))
                end = label + last.Length;
            if (i == limit || text[i] != '.' || i == label)
                break;
            label = i + 1;
        }

        return end;
    }

    private static bool IsTopLevel(ReadOnlySpan<char> label)
    {
        if (label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
            return true;
        foreach (char character in label)
        {
            if (!char.IsLetter(character))
                return false;
        }

        return label.Length >= 2;
    }

    private static bool IsLocal(char character) => char.IsLetterOrDigit(character) || character is '.' or '_' or '%' or '+' or '\'' or '-';
}
