namespace Unlearning.Plugin.Privacy;

/// <summary>Payment card numbers: 13 to 19 digits with a right check digit, together or in the groups that cards print.</summary>
internal sealed class CardScrubber() : Scrubber("[card]")
{
    private const int Shortest = 13, Longest = 19, MostGroups = 5;

    /// <inheritdoc/>
    public override void Find(ReadOnlySpan<char> text, List<(int Start, int Length)> found)
    {
        List<(int Start, int End)> groups = [];
        for (int i = 0; i < text.Length;)
        {
            int next = text[i..].IndexOfAnyInRange('0', '9');
            if (next < 0)
                break;
            int start = i + next;
            i = start;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
                i++;

            // A space or a dash joins two groups; anything else ends the number.
            if (groups.Count > 0 && (start != groups[^1].End + 1 || text[start - 1] is not (' ' or '-')))
            {
                FindIn(text, groups, found);
                groups.Clear();
            }

            groups.Add((start, i));
        }

        FindIn(text, groups, found);
    }

    private static void FindIn(ReadOnlySpan<char> text, List<(int Start, int End)> groups, List<(int Start, int Length)> found)
    {
        for (int first = 0; first < groups.Count; first++)
        {
            for (int last = Math.Min(groups.Count, first + MostGroups) - 1; last >= first; last--)
            {
                (int start, int end) = (groups[first].Start, groups[last].End);
                if (IsGrouped(groups, first, last) && IsCard(text[start..end]))
                {
                    found.Add((start, end - start));
                    first = last;
                    break;
                }
            }
        }
    }

    // Together, 4-4-4-4 with fewer or more at the end, 4-6-5, 4-6-4 or 8-8; not any list of numbers.
    private static bool IsGrouped(List<(int Start, int End)> groups, int first, int last)
    {
        for (int i = first; i < last; i++)
        {
            int size = groups[i].End - groups[i].Start;
            if (size != 4 && !(size == 6 && i == first + 1 && last == first + 2) && !(size == 8 && last == first + 1))
                return false;
        }

        return true;
    }

    private static bool IsCard(ReadOnlySpan<char> written)
    {
        if (written.Length > Longest + MostGroups)
            return false;
        Span<int> digits = stackalloc int[Longest];
        int count = CheckDigits.Read(written, digits);
        return count is >= Shortest and <= Longest

            // The first digit of every payment network; others are airlines, and times in milliseconds.
            && digits[0] is >= 2 and <= 6
            && CheckDigits.Luhn(digits[..count])
            && !CheckDigits.AllSame(digits[..count])
            && !AreYears(written);
    }

    private static bool AreYears(ReadOnlySpan<char> written)
    {
        foreach (Range group in written.SplitAny(' ', '-'))
        {
            if (written[group] is not ['1' or '2', '9' or '0', _, _])
                return false;
        }

        return true;
    }
}
