namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Finds the word that was meant.</summary>
internal static class NearestWord
{
    /// <summary>Gives the known word nearest to <paramref name="written"/>, or null when none is near enough to suggest.</summary>
    public static string? Of(string written, IEnumerable<string> known)
    {
        int allowed = Math.Max(2, written.Length / 3);
        return known
            .Select(word => (word, distance: Distance(written, word)))
            .Where(candidate => candidate.distance <= allowed && candidate.distance < candidate.word.Length)
            .OrderBy(candidate => candidate.distance)
            .ThenBy(candidate => candidate.word, StringComparer.Ordinal)
            .Select(candidate => candidate.word)
            .FirstOrDefault();
    }

    // Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours, whatever the case.
    private static int Distance(string left, string right)
    {
        int[] beforeLast = new int[right.Length + 1], last = [.. Enumerable.Range(0, right.Length + 1)], row = new int[right.Length + 1];
        for (int i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int cost = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
